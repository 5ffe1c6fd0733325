// What waits is sent with the page shut, where the browser has Background Sync: it wakes this worker when there is
// a network again. Appended to the worker by the server: one classic script, for every browser has those.
const WAITING = "beffroi-field-taps";
const LOCK = "beffroi-field-send"; // the page's own: one of the two sends, never both
const ANSWER_MS = 8_000;

self.addEventListener("sync", (event) => {
  if (event.tag === WAITING) event.waitUntil(sendWaiting());
});

function within(name, mode, work) {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("beffroi-field"); // made by the page; without it nothing waits
    asked.onerror = () => failed(asked.error);
    asked.onsuccess = () => {
      const base = asked.result;
      if (!base.objectStoreNames.contains(name)) {
        base.close();
        done(undefined);
        return;
      }
      const transaction = base.transaction(name, mode);
      const answer = work(transaction.objectStore(name));
      transaction.oncomplete = () => {
        base.close();
        done(answer?.result);
      };
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    };
    // Asked before the page made it: leave it to the page.
    asked.onupgradeneeded = () => asked.transaction.abort();
  });
}

const waitingTaps = async () => {
  const taps = (await within("taps", "readonly", (store) => store.getAll())) ?? [];
  return [...taps.filter((tap) => tap.act === "distress"), ...taps.filter((tap) => tap.act !== "distress")];
};

// Throws where something could not be received: the browser wakes the worker again, or the page sends when it opens.
function sendWaiting() {
  return self.navigator.locks.request(LOCK, async () => {
    let token = "";
    for (let taps = await waitingTaps(); taps.length; taps = await waitingTaps()) {
      token ||= await freshToken();
      const [tap] = taps;
      const answer = await sendTap(tap, token);
      if (!answer.taken && !tap.quiet) {
        const words = `${tap.refusal ?? tap.label} ${answer.words ?? ""}`.trim();
        await within("refused", "readwrite", (store) => store.put({ key: tap.key, words }));
      }
      await within("taps", "readwrite", (store) => store.delete(tap.seq));
      for (const page of await self.clients.matchAll()) page.postMessage({ sent: tap, answer });
    }
  });
}

// The page as the server gives it now holds the token of the session as it is now; signed out, it is another page.
async function freshToken() {
  const answer = await fetch(HERE.page, { signal: AbortSignal.timeout(ANSWER_MS), redirect: "manual" });
  const found = answer.ok ? (await answer.text()).match(/name="csrfmiddlewaretoken" value="([^"]+)"/) : null;
  if (!found) throw new Error(`signed out, or out of reach: ${answer.status}`);
  return found[1];
}

async function sendTap(tap, token) {
  const { seq: _seq, label: _label, quiet: _quiet, refusal: _refusal, ...form } = tap;
  const given = Object.entries(form).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const answer = await fetch(HERE.tell, {
    method: "POST",
    headers: { "X-CSRFToken": token, Accept: "application/json" },
    body: new URLSearchParams([...given, ["phone_now", new Date().toISOString()]]),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const told = await answer.json().catch(() => ({}));
  const kept = [401, 429].includes(answer.status) || answer.status >= 500 || (answer.status === 403 && !told.code);
  if (kept) throw new Error(`not received: ${answer.status}`);
  return told;
}
