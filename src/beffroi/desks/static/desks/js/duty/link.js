// Whether the page is live, and how old the last fact is.
import { now, spell } from "../clocks.js";

export class Link {
  #element;
  #words;
  #live = null;
  #last = 0;

  constructor(element) {
    this.#element = element;
    this.#words = document.getElementById("link-words");
    setInterval(() => this.#write(), 1000);
  }

  show(live) {
    if (live === this.#live) return;
    this.#live = live;
    this.#element.toggleAttribute("data-off", !live);
    document.body.dataset.link = live ? "live" : "cut";
    this.#write();
  }

  fact() {
    this.#last = now();
    this.#write();
  }

  #write() {
    if (this.#live === null) return;
    const { live, cut, last } = this.#element.dataset;
    const age = this.#last ? `, ${last.replace("{age}", spell((now() - this.#last) / 1000))}` : "";
    const text = this.#live ? `${live}${age}` : cut;
    if (this.#words.textContent !== text) this.#words.textContent = text;
  }
}
