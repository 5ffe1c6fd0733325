// The sheet: opened from the queue, brought up to date when its incident changes, never under a pressed button.
import { tickNow } from "../clocks.js";

export class Sheet {
  #desk;
  #pending = null;

  constructor(desk) {
    this.#desk = desk;
    document.addEventListener("click", (event) => {
      const row = event.target.closest("#file .row");
      if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.open(row.dataset.id);
    });
    document.addEventListener("click", (event) => {
      const call = event.target.closest("[data-call]");
      if (!call || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.call(call.getAttribute("href"));
    });
    addEventListener("popstate", () => {
      if (location.pathname.endsWith("/appel/")) {
        // On a phone the views are anchors of one page: what is being filled in stays.
        if (!this.element.matches(".call")) this.call(location.pathname, false);
        return;
      }
      const id = location.pathname.split("/").filter(Boolean).at(-1);
      if (id && id !== this.id && this.#desk.stem.split("/").filter(Boolean).at(-1) !== id) this.open(id, false);
    });
    document.addEventListener("htmx:afterSettle", (event) => {
      if (event.detail.elt?.id === "fiche") this.#shown();
    });
    document.addEventListener("htmx:beforeSwap", (event) => {
      if (event.detail.xhr.status >= 400) this.#refused(event);
    });
    document.addEventListener("htmx:sendError", () => this.say(this.#desk.words.unreachable));
  }

  get element() {
    return document.getElementById("fiche");
  }

  get id() {
    return this.element.dataset.id ?? "";
  }

  async open(id, push = true) {
    const html = await this.#fetch(id);
    if (html === null) return;
    this.#put(html);
    if (push) history.pushState(null, "", `${this.#desk.stem}${id}/`);
    if (matchMedia("(max-width: 760px)").matches) location.hash = "fiche";
  }

  // A call: its form takes the sheet's place, beside the map.
  async call(address, push = true) {
    const response = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!response.ok) {
      location.assign(address);
      return;
    }
    this.#put(await response.text());
    if (push) history.pushState(null, "", address);
    if (matchMedia("(max-width: 760px)").matches) location.hash = "fiche";
  }

  // How what can be switched stands: a hand at the device changes it without a word to the incident.
  stand({ territory, switches }) {
    if (territory !== this.element.dataset.territory) return;
    for (const each of switches) {
      for (const words of this.element.querySelectorAll(`[data-stands="${CSS.escape(each.key)}"]`)) {
        if (words.textContent !== each.stands) words.textContent = each.stands;
      }
    }
  }

  // The feed says that an incident changed; only the one shown is fetched, one request at a time.
  // `again`: without a fact (units moved, an order was made), so at the position that the sheet has already.
  async changed({ id, position, again = false }) {
    if (!this.id && this.#desk.follow) {
      this.open(id);
      return;
    }
    if (id !== this.id || (!again && position <= Number(this.element.dataset.position))) return;
    if (this.#pending) {
      this.#pending = Math.max(this.#pending, again ? position + 0.5 : position);
      return;
    }
    this.#pending = position;
    const asked = position;
    const html = await this.#fetch(id);
    const newer = this.#pending > asked ? this.#pending : 0;
    this.#pending = null;
    if (html !== null && id === this.id && !this.#busy()) this.#put(html);
    if (newer) this.changed({ id, position: newer });
  }

  say(words) {
    const place = document.getElementById("said");
    if (!place) return;
    const line = document.createElement("p");
    line.className = "refusal";
    line.setAttribute("role", "alert");
    line.textContent = words;
    place.replaceChildren(line);
  }

  press(key) {
    const button = this.element.querySelector(`[data-key="${key}"]`);
    button?.click();
    return Boolean(button);
  }

  route() {
    const holder = this.element.querySelector(".route script");
    return holder ? JSON.parse(holder.textContent) : [];
  }

  // Where they can be: three bands of lines, each point [lat, lon]; [] when that is not the question.
  reach() {
    const holder = this.element.querySelector(".reach script");
    return holder ? JSON.parse(holder.textContent) : [];
  }

  // The roads to watch, in the order of the sheet: [{ lat, lon, held }].
  exits() {
    const holder = this.element.querySelector(".exits script");
    return holder ? JSON.parse(holder.textContent) : [];
  }

  seeing() {
    return new Set((this.element.dataset.seeing ?? "").split(" ").filter(Boolean));
  }

  #busy() {
    return Boolean(document.querySelector("dialog[open]:not([data-dialog=keys])"));
  }

  async #fetch(id) {
    const response = await fetch(`${this.#desk.feed}&fiche=${id}`, { headers: { Accept: "text/html" } });
    if (response.ok) return response.text();
    if (response.status === 401) location.reload();
    return null;
  }

  #put(html) {
    const scroll = this.element.querySelector(".sheet-body")?.scrollTop ?? 0;
    const focused = document.activeElement?.dataset?.key;
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const fresh = holder.content.querySelector("#fiche");
    const same = fresh.dataset.id === this.id;
    const looking = same ? this.element.querySelector(".look-place") : null; // an open image stays where it is
    if (same) for (const open of this.element.querySelectorAll("details[data-stays][open]")) {
      fresh.querySelector(`details[data-stays="${open.dataset.stays}"]`)?.setAttribute("open", "");
    }
    // What was refused stays said: the sheet is made anew right after, to show who was faster.
    const said = same ? [...(document.getElementById("said")?.childNodes ?? [])] : [];
    this.element.replaceWith(fresh);
    if (said.length) document.getElementById("said")?.replaceChildren(...said);
    if (looking?.childElementCount) fresh.querySelector(".look-place")?.replaceWith(looking);
    window.htmx?.process(fresh);
    if (same) fresh.querySelector(".sheet-body").scrollTop = scroll;
    if (focused) fresh.querySelector(`[data-key="${focused}"]`)?.focus();
    this.#shown();
  }

  #shown() {
    tickNow(this.element);
    // A call that was taken became an incident: the page is now that incident's.
    if (this.id && location.pathname.includes("/appel/")) history.replaceState(null, "", `${this.#desk.stem}${this.id}/${location.hash}`);
    document.dispatchEvent(new CustomEvent("sheet:shown"));
  }

  #refused(event) {
    event.detail.shouldSwap = false;
    const holder = document.createElement("template");
    holder.innerHTML = event.detail.serverResponse;
    this.say(holder.content.querySelector(".refusal")?.textContent.trim() || this.#desk.words.refused);
    if (event.detail.xhr.status === 409) this.open(this.id, false);
  }
}
