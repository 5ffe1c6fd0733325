// One look on the page: its canvas, and what is said when no image comes.
const SILENT_MS = 2500;
const TIME = new Intl.DateTimeFormat("fr", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export class Look {
  #state = "opening";
  #why = "";
  #seen = 0;
  #since = performance.now();
  #drawing = false;

  constructor(element) {
    this.element = element;
    this.id = element.dataset.look;
    this.canvas = element.querySelector("canvas");
    this.words = element.querySelector(".look-state");
  }

  get over() {
    return this.#state === "over" || this.#state === "end" || this.#state === "full";
  }

  take({ kind, at, content }) {
    if (kind === "F") this.#draw(content, at);
    else this.state(JSON.parse(new TextDecoder().decode(content)));
  }

  state({ state, why = "" }) {
    this.#state = state;
    this.#why = why;
    this.tick();
  }

  // One image is drawn at a time: what comes meanwhile is older than what comes next.
  async #draw(content, at) {
    if (this.#drawing) return;
    this.#drawing = true;
    try {
      const image = await createImageBitmap(new Blob([content], { type: "image/jpeg" }));
      if (this.canvas.width !== image.width || this.canvas.height !== image.height) {
        this.canvas.width = image.width;
        this.canvas.height = image.height;
      }
      this.canvas.getContext("2d").drawImage(image, 0, 0);
      image.close();
      if (!this.#seen) performance.mark(`look ${this.id}`);
      this.#seen = performance.now();
      this.element.querySelector(".look-at").textContent = TIME.format(new Date(at));
      this.tick();
    } catch {
      // An image that cannot be drawn is one that did not come: its age says so.
    } finally {
      this.#drawing = false;
    }
  }

  // What is said over the image: nothing while images come, else since when none did and why.
  tick() {
    const data = this.element.dataset;
    const silent = performance.now() - (this.#seen || this.#since);
    const stale = this.over || silent > SILENT_MS;
    this.element.toggleAttribute("data-stale", Boolean(this.#seen) && stale);
    this.#say(this.over ? data[this.#state] : this.#silence(data, silent));
  }

  #silence(data, silent) {
    const why = data[this.#why];
    if (!this.#seen) return this.#state === "cut" && why ? `${data.never}: ${why}` : data.opening;
    if (silent <= SILENT_MS) return "";
    const said = data.silent.replace("{age}", age(silent));
    return why && this.#state === "cut" ? `${said}: ${why}` : said;
  }

  #say(words) {
    if (this.words.textContent !== words) this.words.textContent = words;
  }
}

function age(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
