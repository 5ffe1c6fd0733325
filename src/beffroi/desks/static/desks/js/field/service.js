// Keeps the patrol's page readable without a network. `HERE` is written above by the server: what page,
// where static files are (the address changes with each release), where the map is.
const PAGE = "beffroi-field-page";
const FILES = `beffroi-field-files ${HERE.static}`;
const PATIENCE_MS = 4_000;
const LONGEST_MS = 14 * 3_600_000; // no longer than a shift

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("beffroi-field") && name !== PAGE && name !== FILES) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

// The page tells which files it uses: those that came before this worker was there are fetched now.
self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keepAll(event.data.keep));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === HERE.page && !url.search) event.respondWith(page(request));
  else if (isFile(url)) event.respondWith(file(request));
});

const isFile = (url) =>
  url.pathname.startsWith(HERE.static) || (url.pathname.startsWith(HERE.map) && /\/\d+\/[A-Za-z]+\.json$/.test(url.pathname));

async function keepAll(addresses) {
  const store = await caches.open(FILES);
  await Promise.all(addresses.filter((address) => isFile(new URL(address))).map(async (address) => {
    if (await store.match(address)) return;
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) await store.put(address, answer);
  }));
}

async function file(request) {
  const store = await caches.open(FILES);
  const kept = await store.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await store.put(request.url, answer.clone());
  return answer;
}

// The network first; what was kept where it does not answer. Signed out, nothing stays.
async function page(request) {
  const store = await caches.open(PAGE);
  const asked = fetch(request);
  try {
    const answer = await patient(asked);
    if (answer.ok && !answer.redirected && answer.type !== "opaqueredirect") await keep(store, answer.clone());
    else if (answer.redirected || answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      await store.delete(HERE.page);
    }
    return answer;
  } catch {
    const kept = await store.match(HERE.page);
    if (kept && Date.now() - Number(kept.headers.get("x-kept-at")) < LONGEST_MS) return kept;
    if (kept) await store.delete(HERE.page);
    return asked; // slow, or not at all: nothing better is kept
  }
}

async function keep(store, answer) {
  const headers = new Headers(answer.headers);
  headers.set("x-kept-at", String(Date.now()));
  await store.put(HERE.page, new Response(await answer.blob(), { status: 200, headers }));
}

function patient(answer) {
  return Promise.race([
    answer,
    new Promise((_done, failed) => setTimeout(() => failed(new Error("no answer in time")), PATIENCE_MS)),
  ]);
}
