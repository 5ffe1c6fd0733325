// The position, only while the patrol has switched it on: sent every few seconds, never kept, never queued.
const EVERY_MS = 4_000;
const KEPT = "beffroi-field-share";

export class Share extends EventTarget {
  #button;
  #words;
  #said;
  #shift;
  #post;
  #watch = null;
  #sent = 0;
  #fix = null;

  constructor({ button, words, said, shift, post }) {
    super();
    this.#button = button;
    this.#words = words;
    this.#said = said;
    this.#shift = shift;
    this.#post = post;
    if (!("geolocation" in navigator)) return;
    button.disabled = false;
    button.addEventListener("click", () => (this.on ? this.stop() : this.start()));
    if (localStorage.getItem(KEPT) === shift) this.start(); // the page was loaded again within the same shift
  }

  get on() {
    return this.#watch !== null;
  }

  // The last place that the phone gave, at most half a minute old: a distress tells it.
  get fix() {
    return this.#fix && Date.now() - this.#fix.timestamp < 30_000 ? this.#fix : null;
  }

  start() {
    localStorage.setItem(KEPT, this.#shift);
    this.#show(true, this.#said.searching);
    this.#watch = navigator.geolocation.watchPosition(
      (position) => this.#heard(position),
      (error) => {
        if (error.code === error.PERMISSION_DENIED) this.stop(this.#said.denied);
      },
      { enableHighAccuracy: true, maximumAge: 5_000, timeout: 30_000 },
    );
  }

  stop(words = this.#said.not_shared) {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
    localStorage.removeItem(KEPT);
    this.#show(false, words);
    this.dispatchEvent(new Event("stopped"));
  }

  #show(on, words) {
    this.#button.setAttribute("aria-checked", String(on));
    this.#words.textContent = words;
  }

  async #heard(position) {
    this.#fix = position;
    this.dispatchEvent(new CustomEvent("fix", { detail: position }));
    if (Date.now() - this.#sent < EVERY_MS) return;
    this.#sent = Date.now();
    const { latitude, longitude, accuracy, heading } = position.coords;
    const age = Math.max(0, (Date.now() - position.timestamp) / 1000);
    const form = { lat: latitude, lon: longitude, accuracy: Math.round(accuracy), age: age.toFixed(1) };
    if (Number.isFinite(heading)) form.heading = heading;
    try {
      const answer = await this.#post(form);
      if (!this.on) return;
      if (answer.status === 200) this.#show(true, this.#said.shared);
      else if (answer.status === 409 || answer.status === 403) this.stop(); // the shift is over: so is this
      else if (answer.words) this.#show(true, this.#said.searching);
    } catch {
      if (this.on) this.#show(true, this.#said.offline); // the next one is sent when there is a network again
    }
  }
}
