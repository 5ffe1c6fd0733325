// One look on the page: its image, and what is said when none comes.
import { Straight } from "./straight.js";

const SILENT_MS = 2500;
const STILL_MS = 3500;
const TIME = new Intl.DateTimeFormat("fr", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export class Look {
  #state = "opening";
  #why = "";
  #seen = 0;
  #since = performance.now();
  #drawing = false;
  #straight = null;
  #frames = 0;
  #changed;

  // `changed`: how the image comes is another way now.
  constructor(element, { token, changed }) {
    this.#changed = changed;
    this.element = element;
    this.id = element.dataset.look;
    this.canvas = element.querySelector("canvas");
    this.words = element.querySelector(".look-state");
    this.video = element.querySelector("video");
    this.way = "frames";
    if (this.video && element.dataset.session && globalThis.RTCPeerConnection) this.#begin(token);
  }

  // The image comes straight where that works within seconds; else as frames, like any other.
  async #begin(token) {
    this.#go("trying");
    const straight = (this.#straight = new Straight(this.video, this.element.dataset.session, token));
    try {
      await straight.open();
    } catch {
      if (this.#straight === straight) this.#back();
      return;
    }
    if (this.#straight !== straight) return;
    this.#state = "live";
    this.#see(Date.now());
    this.#go("direct");
  }

  #go(way) {
    this.way = this.element.dataset.way = way;
    this.#changed();
  }

  #back() {
    const { video, canvas } = this;
    if (this.way === "direct" && video.videoWidth) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d").drawImage(video, 0, 0); // what was seen last stays, and says how old it is
    }
    this.stop({ tell: true });
    this.#state = "opening";
    this.#go("frames");
  }

  // The page lets go of the look, or it is over.
  stop(how) {
    const straight = this.#straight;
    this.#straight = null;
    straight?.close(how);
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
    if (this.over) this.stop();
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
      this.#see(at);
      this.tick();
    } catch {
      // An image that cannot be drawn is one that did not come: its age says so.
    } finally {
      this.#drawing = false;
    }
  }

  #see(at) {
    if (!this.#seen) performance.mark(`look ${this.id}`);
    this.#seen = performance.now();
    this.element.querySelector(".look-at").textContent = TIME.format(new Date(at));
  }

  // A video that stands still, or a way that is lost: the image comes the other way. A hidden page paints none.
  #watch() {
    const frames = this.#straight?.frames ?? 0;
    if (frames !== this.#frames || document.hidden) {
      this.#frames = frames;
      this.#see(Date.now());
    } else if (this.#straight?.lost || performance.now() - this.#seen > STILL_MS) this.#back();
  }

  // What is said over the image: nothing while images come, else since when none did and why.
  tick() {
    if (this.way === "direct" && !this.over) this.#watch();
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
