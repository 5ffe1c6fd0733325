// The page and its files are kept by the worker, so that a dead zone shows the mission all the same.
import { LAYERS } from "../map/style.js";

const PAGE = "beffroi-field-page";

// The page as it is now goes through the worker, which keeps it.
export async function keepPage(scope) {
  if (navigator.serviceWorker?.controller) await fetch(scope).catch(() => {});
}

export async function keep(field) {
  if (!("serviceWorker" in navigator)) return; // plain HTTP beyond loopback
  await navigator.serviceWorker.register(field.worker, { scope: field.scope });
  const { active } = await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  }
  const used = performance.getEntriesByType("resource").map((each) => each.name);
  const layers = field.layers ? LAYERS.map((layer) => field.layers.replace("LAYER", layer)) : [];
  const worker = document.getElementById("map")?.dataset.worker;
  const files = [...used, ...layers, ...(worker ? [worker] : [])].map((each) => new URL(each, location.href).href);
  active.postMessage({ keep: files });
  await keepPage(field.scope);
  document.body.dataset.kept = "";
}

export async function forgetPage() {
  if ("caches" in window) await caches.delete(PAGE);
}

// Ask to be woken when there is a network again, with the page shut or not; a browser without it sends when it opens.
export async function sendBehind() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register("beffroi-field-taps").catch(() => {}); // refused by the user: as without it
}
