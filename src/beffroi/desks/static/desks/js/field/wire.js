// What goes to the town and comes from it: one tap at a time, and the live stream.
const PATIENCE_MS = 8_000;
const QUIET_MS = 40_000; // the server says something every 15 s

// A new sign-in has a new token: the page as it is now tells it.
async function freshToken(field) {
  const text = await (await fetch(field.scope)).text();
  const found = new DOMParser().parseFromString(text, "text/html").getElementById("field");
  if (!found) throw new Error("signed out");
  field.token = JSON.parse(found.textContent).token;
}

export class Wire extends EventTarget {
  live = null; // not known yet
  signedOut = false;
  #field;
  #heard = 0;

  constructor(field) {
    super();
    this.#field = field;
    addEventListener("offline", () => this.#state(false));
    addEventListener("online", () => {
      if (Date.now() - this.#heard < QUIET_MS) this.#state(true); // the stream was never cut
      this.dispatchEvent(new Event("try"));
    });
  }

  async post(address, form) {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "X-CSRFToken": this.#field.token, Accept: "application/json" },
      body: new URLSearchParams(form),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const told = await answer.json().catch(() => ({}));
    return { status: answer.status, ...told };
  }

  // One tap; throws where it was not received: it stays in the queue.
  async send(tap) {
    const { seq: _seq, label: _label, quiet: _quiet, refusal: _refusal, ...form } = tap;
    const given = Object.entries(form).filter(([, value]) => value !== null && value !== undefined && value !== "");
    const tell = () => this.post(this.#field.tell, Object.fromEntries([...given, ["phone_now", new Date().toISOString()]]));
    let answer = await tell();
    if (answer.status === 403 && !answer.code) {
      await freshToken(this.#field);
      answer = await tell();
    }
    this.signedOut = answer.status === 401;
    const kept = this.signedOut || answer.status >= 500 || answer.status === 429 || (answer.status === 403 && !answer.code);
    if (kept) throw new Error(`not received: ${answer.status}`);
    return answer;
  }

  listen() {
    const source = new EventSource(this.#field.feed);
    source.onopen = () => this.#hear();
    source.addEventListener("here", () => this.#hear());
    source.addEventListener("face", (event) => {
      this.#hear();
      this.dispatchEvent(new CustomEvent("face", { detail: JSON.parse(event.data) }));
    });
    source.onerror = () => {
      this.#state(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.listen(), 3_000); // refused or restarting: calmly
    };
    addEventListener("pagehide", () => source.close(), { once: true });
    setInterval(() => {
      if (this.#heard && Date.now() - this.#heard > QUIET_MS) this.#state(false);
    }, 5_000);
  }

  #hear() {
    this.#heard = Date.now();
    this.signedOut = false;
    this.#state(navigator.onLine !== false); // a stream may speak on for a moment after the network went
  }

  #state(live) {
    if (this.live === live) return;
    this.live = live;
    this.dispatchEvent(new Event("state"));
    if (live) this.dispatchEvent(new Event("try"));
  }
}
