// What waits is shown at once: the buttons as they will be, how many actions wait, what was refused.
import * as queue from "./queue.js";

export const ORDER = ["en_route", "on_scene", "free"];
export const say = (template, values) => template.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
// The hour of the installation, whatever the phone's own zone.
export const hour = (at) => new Date(at).toLocaleTimeString("fr-FR", { timeZone: document.body.dataset.zone || undefined });

const byId = (id) => document.getElementById(id);

function press(big, tap) {
  const button = big.querySelector(`[data-act="${tap.act}"]`);
  if (!button) return;
  const place = ORDER.indexOf(tap.act);
  for (const other of big.children) {
    const past = ORDER.indexOf(other.dataset.act) < place;
    if (place < 0) other.classList.remove("done");
    else if (past) other.className = "done";
    other.removeAttribute("aria-current");
  }
  button.className = "done waits";
  const time = button.querySelector("small") ?? document.createElement("small");
  time.textContent = hour(tap.said_at);
  button.querySelector("span").append(time);
  big.querySelector(`[data-act="${ORDER[place + 1]}"]`)?.classList.add("cur");
}

// base: the buttons as the server told them last.
export function paintBig(base, waiting) {
  const made = document.createElement("nav");
  made.innerHTML = base;
  for (const tap of waiting) press(made, tap);
  const big = byId("big");
  if (big.dataset.shown === made.innerHTML) return; // a button under a thumb stays the same button
  big.dataset.shown = made.innerHTML;
  big.replaceChildren(...made.children);
}

export function paintNet(wire, count, words, signIn) {
  const net = byId("net");
  net.classList.toggle("live", wire.live === true && !count);
  net.classList.toggle("off", wire.live === false || wire.signedOut);
  if (wire.signedOut) {
    const link = document.createElement("a");
    link.href = signIn;
    link.textContent = words.signed_out;
    net.replaceChildren(link);
    return;
  }
  const waits = count ? say(count === 1 ? words.waiting_one : words.waiting_many, { count }) : "";
  const texts = { true: count ? words.sending : words.online, false: [words.offline, waits].filter(Boolean).join(", "), null: waits };
  if (net.textContent !== texts[wire.live]) net.textContent = texts[wire.live];
}

export async function paintRefused(again) {
  const list = byId("refused");
  const told = await queue.refusals();
  const keys = told.map((each) => each.key).join();
  if (list.dataset.keys === keys) return;
  list.dataset.keys = keys;
  list.replaceChildren(...told.map((each) => {
    const line = document.createElement("li");
    const text = document.createElement("span");
    text.textContent = each.words;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn";
    close.textContent = "OK";
    close.addEventListener("click", async () => {
      await queue.forgive(each.key);
      again();
    });
    line.append(text, close);
    return line;
  }));
}
