// All the looks of a page through one stream: a browser opens few connections to one host.
import { Look } from "./look.js";
import "./moving.js";
import { Packets } from "./packets.js";

const AGAIN_MS = 1000;

export class Looks {
  #looks = new Map();
  #aborting = null;
  #asked = "";
  #token;

  // `keep`: leaving the page does not close its looks (the wall, which is opened again).
  constructor({ token, keep = false }) {
    this.#token = token;
    new MutationObserver(() => this.refresh()).observe(document.body, { childList: true, subtree: true });
    document.addEventListener("submit", (event) => {
      const look = event.target.closest(".look");
      if (!look || keep) return;
      event.preventDefault();
      look.remove();
    });
    if (!keep) addEventListener("pagehide", () => this.#looks.forEach((look) => this.#close(look)));
    setInterval(() => this.#looks.forEach((look) => look.tick()), 1000);
    this.refresh();
  }

  // The looks that stand on the page now: new ones are asked for, those that went are closed.
  refresh() {
    const there = new Map([...document.querySelectorAll(".look[data-look]")].map((each) => [each.dataset.look, each]));
    for (const [id, look] of this.#looks) {
      if (there.has(id)) continue;
      this.#looks.delete(id);
      this.#close(look);
    }
    for (const [id, element] of there) {
      if (this.#looks.has(id)) continue;
      this.#looks.set(id, new Look(element, { token: this.#token, changed: () => this.#ask() }));
    }
    this.#ask();
  }

  #ask() {
    const going = [...this.#looks.values()].filter((look) => !look.over && look.way !== "trying");
    const asked = going.map((look) => `regard=${look.id}${look.way === "direct" ? `&direct=${look.id}` : ""}`).join("&");
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#aborting?.abort();
    if (!going.length) return;
    this.#aborting = new AbortController();
    this.#read(asked, going, this.#aborting.signal);
  }

  async #read(asked, looks, signal) {
    try {
      const response = await fetch(`/veille/images?${asked}`, { signal });
      if (response.status === 401) location.reload();
      else if (response.status === 403 || response.status === 404) looks.forEach((look) => look.state({ state: "over" }));
      else if (response.ok) await this.#hear(response.body.getReader(), looks);
      else looks.forEach((look) => look.state({ state: "cut", why: "lost" }));
    } catch {
      if (signal.aborted) return;
      looks.forEach((look) => look.state({ state: "cut", why: "lost" }));
    }
    // Ended or cut: what still goes on is asked for again.
    this.#asked = "";
    setTimeout(() => !signal.aborted && this.#ask(), AGAIN_MS);
  }

  async #hear(reader, looks) {
    const packets = new Packets();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const packet of packets.feed(value)) looks[packet.number]?.take(packet);
    }
  }

  // The look is over for the log too; asked even while the page goes away.
  #close(look) {
    look.stop();
    fetch(look.element.dataset.close, {
      method: "POST",
      keepalive: true,
      headers: { "X-CSRFToken": this.#token, "X-Look": "close" },
    }).catch(() => {}); // the server ends a look that nobody watches by itself
  }
}
