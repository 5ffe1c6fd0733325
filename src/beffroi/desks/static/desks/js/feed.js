// The live feed, one stream for all the tabs of a browser.
// The tab that holds the lock opens the stream and tells the others; when it goes, the next one
// takes the lock and resumes after the last event that anyone heard.

const CHANNEL = "beffroi-feed";
const LOCK = "beffroi-feed-leader";
const EVENTS = ["hello", "row", "line", "units", "switches", "head", "trouble", "again"];
const QUIET_MS = 40_000; // the server says something every 15 s

export class Feed extends EventTarget {
  #address;
  #last;
  #channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;
  #heard = 0;

  // address: of the stream; last: feed position of what the page already shows
  constructor(address, last) {
    super();
    this.#address = address;
    this.#last = last;
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#receive(data);
    setInterval(() => this.#watch(), 5_000);
    if (this.#channel && navigator.locks) {
      navigator.locks.request(LOCK, () => new Promise((done) => this.#lead(done)));
    } else {
      this.#lead(() => {});
    }
  }

  // Lead until the page goes: open the stream, hand on what it says.
  #lead(done) {
    const address = new URL(this.#address, location.href);
    address.searchParams.set("after", this.#last);
    const source = new EventSource(address);
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => {
        const message = { name, data: JSON.parse(event.data), id: Number(event.lastEventId) || 0 };
        this.#receive(message);
        this.#channel?.postMessage(message);
      });
    }
    source.onerror = () => {
      this.#state(false);
      this.#channel?.postMessage({ name: "cut" });
      if (source.readyState === EventSource.CLOSED) {
        source.close();
        setTimeout(() => this.#lead(done), 3_000); // refused or restarting: ask again, calmly
      }
    };
    addEventListener("pagehide", () => { source.close(); done(); }, { once: true });
  }

  #receive(message) {
    if (message.name === "cut") {
      this.#state(false);
      return;
    }
    this.#heard = Date.now();
    this.#last = Math.max(this.#last, message.id);
    this.#state(true);
    this.dispatchEvent(new CustomEvent(message.name, { detail: message.data }));
  }

  #watch() {
    if (this.#heard && Date.now() - this.#heard > QUIET_MS) this.#state(false);
  }

  #state(live) {
    this.dispatchEvent(new CustomEvent("state", { detail: live }));
  }
}
