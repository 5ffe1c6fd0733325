// What was pressed and not yet received: kept on the phone in its order, sent once, answered one by one.
const NAME = "beffroi-field";
const LOCK = "beffroi-field-send";

function open() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("taps", { keyPath: "seq", autoIncrement: true });
      asked.result.createObjectStore("refused", { keyPath: "key" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function within(store, mode, work) {
  const base = await open();
  try {
    return await new Promise((done, failed) => {
      const transaction = base.transaction(store, mode);
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => done(asked?.result);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  } finally {
    base.close();
  }
}

export const all = () => within("taps", "readonly", (store) => store.getAll());
export const add = (tap) => within("taps", "readwrite", (store) => store.add(tap));
export const drop = (seq) => within("taps", "readwrite", (store) => store.delete(seq));
export const refusals = () => within("refused", "readonly", (store) => store.getAll());
export const refuse = (told) => within("refused", "readwrite", (store) => store.put(told));
export const forgive = (key) => within("refused", "readwrite", (store) => store.delete(key));

export async function forget() {
  await within("taps", "readwrite", (store) => store.clear());
  await within("refused", "readwrite", (store) => store.clear());
}

// A distress goes before what was pressed earlier: it waits for nothing.
const ordered = (taps) => [...taps.filter((tap) => tap.act === "distress"), ...taps.filter((tap) => tap.act !== "distress")];

// Send what waits, in order, from one tab at a time. `post(tap)` gives { received, ... } or throws when out of reach.
export async function flush(post, answered) {
  const send = async () => {
    for (let taps = ordered(await all()); taps.length; taps = ordered(await all())) {
      const [tap] = taps;
      const answer = await post(tap); // throws: all stays, in its order
      await drop(tap.seq);
      await answered(tap, answer);
    }
  };
  if (navigator.locks) return navigator.locks.request(LOCK, send);
  return send();
}
