// The running log: new lines on top, the oldest leave; reading further down is not disturbed.
const KEPT = 200;

export class Log {
  #list;
  #seal;

  constructor(root) {
    this.#list = root.querySelector("ol");
    this.#seal = root.querySelector(".seal");
  }

  // { position, html }
  take({ position, html }) {
    const first = this.#list.firstElementChild;
    if (first && Number(first.dataset.position) >= position) return;
    this.#list.parentElement.querySelector(".empty")?.remove();
    const before = this.#list.scrollHeight;
    this.#list.querySelector(".new")?.classList.remove("new");
    this.#list.insertAdjacentHTML("afterbegin", html);
    this.#list.firstElementChild.classList.add("new");
    if (this.#list.scrollTop > 0) this.#list.scrollTop += this.#list.scrollHeight - before;
    while (this.#list.children.length > KEPT) this.#list.lastElementChild.remove();
  }

  head({ html }) {
    this.#seal.innerHTML = html;
  }
}
