// The patrol's phone: what is pressed is kept first and sent next; what the desk says is shown at once.
import { now, setServerTime, tickNow } from "./clocks.js";
import { forgetPage, keep, keepPage, sendBehind } from "./field/kept.js";
import { hour, ORDER, paintBig, paintNet, paintRefused, say } from "./field/paint.js";
import { holdable } from "./field/panic.js";
import * as queue from "./field/queue.js";
import { Share } from "./field/share.js";
import { Way } from "./field/way.js";
import { Wire } from "./field/wire.js";

const UNDO_MS = 10_000;
const AGAIN_MS = 5_000;
const byId = (id) => document.getElementById(id);
const field = JSON.parse(byId("field").textContent);
const { words } = field;
document.body.dataset.zone = field.zone;
const wire = new Wire(field);
const way = new Way();
let base = byId("big").innerHTML; // the buttons as the server told them last
let last = null; // the tap that can still be taken back
let lastTimer = 0;

// ---- pressing ----

// randomUUID needs a secure context: every other random source does not.
function key() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function put(act, label, more = {}) {
  const mission = ORDER.includes(act) ? field.mission : "";
  const tap = { key: key(), act, label, shift: field.shift, mission, said_at: new Date().toISOString(), ...more };
  tap.refusal = say(words.refused, { act: label, time: hour(tap.said_at) }); // the worker has no words of its own
  await queue.add(tap);
  sendBehind();
  return tap;
}

async function pressed(button) {
  if (button.classList.contains("done")) return;
  navigator.vibrate?.(60);
  offerUndo(await put(button.dataset.act, button.querySelector("span").firstChild.textContent.trim()));
  await paint();
  await flush();
}

function offerUndo(tap, left = UNDO_MS) {
  last = tap;
  byId("undo").querySelector("span").textContent = say(words.undo, { act: tap.label, time: hour(tap.said_at) });
  byId("undo").hidden = false;
  clearTimeout(lastTimer);
  lastTimer = setTimeout(forgetLast, left);
}

function forgetLast() {
  last = null;
  byId("undo").hidden = true;
}

async function undo() {
  const taken = last;
  forgetLast();
  if (!taken) return;
  const waiting = (await queue.all()).find((tap) => tap.key === taken.key);
  if (waiting) await queue.drop(waiting.seq); // as if it had not been pressed
  // One that was on its way at that very moment may have arrived: it is taken back too, without a word if not.
  if (!waiting || wire.live) await put("undo", byId("undo").querySelector("button").textContent.trim(), { undoes: taken.key, quiet: Boolean(waiting) });
  await paint();
  await flush();
}

async function distress() {
  const fix = share.fix ?? (await quickFix());
  const place = fix ? { lat: fix.coords.latitude, lon: fix.coords.longitude, accuracy: Math.round(fix.coords.accuracy) } : {};
  await put("distress", byId("panic").textContent.trim(), place);
  alarm(words.distress_waits);
  await flush();
}

// A place within a second and a half, or none: the call does not wait for a satellite.
async function quickFix() {
  const allowed = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (!("geolocation" in navigator) || allowed?.state !== "granted") return null; // never a question now
  return new Promise((done) => {
    setTimeout(() => done(null), 1_500);
    navigator.geolocation.getCurrentPosition(done, () => done(null), { enableHighAccuracy: true, maximumAge: 15_000, timeout: 1_400 });
  });
}

function alarm(text) {
  byId("alert").textContent = text;
  byId("alert").hidden = false;
}

// ---- sending ----

async function answered(tap, answer) {
  if (!answer.taken && !tap.quiet) {
    await queue.refuse({ key: tap.key, words: `${tap.refusal ?? tap.label} ${answer.words ?? ""}`.trim() });
  }
  became(tap, answer);
}

// What became of a tap, whoever sent it: this page, or the worker behind it.
function became(tap, answer) {
  if (tap.act === "distress" && answer.taken) alarm(say(words.distress_sent, { time: hour(Date.now()) }));
  else if (!answer.taken && last?.key === tap.key) forgetLast();
  if (answer.face) show(answer.face);
}

async function flush() {
  try {
    await queue.flush((tap) => wire.send(tap), answered);
  } catch {
    // out of reach: everything waits in its order
  }
  await paint();
}

// ---- showing ----

function show(told) {
  if (told.now) setServerTime(told.now);
  if (told.shift !== field.shift || told.mission !== field.mission) {
    another(told);
    return;
  }
  let changed = base !== told.pieces.big;
  base = told.pieces.big;
  for (const [id, html] of Object.entries(told.pieces)) {
    const piece = byId(id);
    if (id === "big" || !piece || piece.dataset.html === html) continue;
    piece.innerHTML = html;
    piece.dataset.html = html;
    changed = true;
  }
  if (told.mission) way.show(told);
  tickNow(document);
  paint();
  if (changed) keepPage(field.scope);
}

// Another mission, or none, is another page; a hand on the distress button is not interrupted.
function another(told) {
  if (told.mission) navigator.vibrate?.([300, 120, 300, 120, 300]);
  if (!told.shift) share.stop();
  setTimeout(() => location.reload(), byId("panic").classList.contains("holding") ? 2_500 : 0);
}

async function paint() {
  const taps = await queue.all();
  const mine = taps.filter((tap) => tap.shift === field.shift && !["undo", "distress"].includes(tap.act));
  paintBig(base, mine.filter((tap) => !tap.mission || tap.mission === field.mission));
  paintNet(wire, taps.length, words, field.sign_in);
  document.body.classList.toggle("cut", wire.live === false);
  if (taps.some((tap) => tap.act === "distress")) alarm(words.distress_waits);
  await paintRefused(paint);
}

// ---- begin ----

const share = new Share({
  button: byId("share"), words: byId("share-words"), said: words, shift: field.shift,
  post: (form) => wire.post(field.stand, form),
});
byId("tell").addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.dataset.act) pressed(event.submitter);
});
byId("undo").querySelector("button").addEventListener("click", undo);
byId("end").addEventListener("submit", () => {
  share.stop();
  forgetPage();
});
for (const link of document.querySelectorAll(`a[href="${field.sign_out}"]`)) link.addEventListener("click", forgetPage);
share.addEventListener("fix", ({ detail }) => way.here(detail.coords));
holdable(byId("panic"), { keep: words.keep, held: distress });
// A last press that gave way to this page can be taken back here as well.
const left = field.undo ? UNDO_MS - (now() - Date.parse(field.undo.received_at)) : 0;
if (left > 0) offerUndo(field.undo, left);
wire.addEventListener("face", ({ detail }) => show(detail));
wire.addEventListener("state", paint);
wire.addEventListener("try", flush);
setInterval(async () => {
  if ((await queue.all()).length) flush();
}, AGAIN_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) flush();
});
navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (!data?.sent) return;
  became(data.sent, data.answer);
  paint();
});
paint();
wire.listen();
way.open(field).catch((error) => console.error("map", error)); // the words and the buttons remain
keep(field).catch((error) => console.error("kept", error));
