// Moves the camera of a look: buttons that stay pressed, and the same by keys while the board has the focus.
const AGAIN_MS = 600; // a movement stops by itself after a second
const STATE_MS = 3000;
const KEYS = {
  ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right",
  "+": "closer", "=": "closer", "-": "wider", "−": "wider",
};

let pressed = null; // { panel, act, timer, key }
const busy = new WeakSet();
const last = new WeakMap(); // panel → its last act: a stop must not overtake the movement that it ends

const board = (target) => target.closest?.("[data-moving] .moving-board");
const panelOf = (target) => target.closest?.("[data-moving]");

function send(panel, fields) {
  const next = (last.get(panel) ?? Promise.resolve()).then(() => sent(panel, fields));
  last.set(panel, next);
  return next;
}

async function sent(panel, fields) {
  const token = panel.closest(".look").querySelector("[name=csrfmiddlewaretoken]").value;
  const body = new URLSearchParams(fields);
  busy.add(panel);
  try {
    const response = await fetch(panel.dataset.act, { method: "POST", body, headers: { "X-CSRFToken": token, "HX-Request": "true" } });
    await show(panel, response);
  } catch {
    panel.querySelector(".moving-state").textContent = panel.dataset.lost;
  } finally {
    busy.delete(panel);
  }
}

// What the server says of who holds it; a page in its place (signed out, the look over) is none.
async function show(panel, response) {
  const text = await response.text();
  if (response.redirected || !response.headers.get("Content-Type")?.startsWith("text/html") || text.includes("<html")) return;
  const place = panel.querySelector(".moving-state");
  if (place.innerHTML !== text && !place.contains(document.activeElement)) place.innerHTML = text;
}

function press(panel, act, key = "") {
  if (pressed?.panel === panel && pressed.act === act) return;
  release();
  const again = () => busy.has(panel) || send(panel, { act });
  pressed = { panel, act, key, timer: setInterval(again, AGAIN_MS) };
  send(panel, { act });
}

function release() {
  if (!pressed) return;
  clearInterval(pressed.timer);
  const { panel } = pressed;
  pressed = null;
  if (panel.isConnected) send(panel, { act: "stop" });
}

function typed(event) {
  const panel = panelOf(event.target);
  if (!panel || !board(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = KEYS[event.key];
  const preset = panel.querySelector(`[data-digit="${CSS.escape(event.key)}"]`);
  if (act) press(panel, act, event.key);
  else if (preset) send(panel, { act: "preset", preset: preset.dataset.preset });
  else if (event.key === "Escape") send(panel, { act: "let_go" });
  else return;
  event.preventDefault();
  event.stopPropagation(); // the desk has other uses for these keys
}

function clicked(event) {
  const panel = panelOf(event.target);
  const button = event.target.closest?.("button");
  if (!panel || !button) return;
  if (button.dataset.preset) send(panel, { act: "preset", preset: button.dataset.preset });
  else if ("letGo" in button.dataset) leave(panel, button, { act: "let_go" });
  else if ("take" in button.dataset) leave(panel, button, { act: "take", reason: panel.querySelector("[name=reason]").value });
  // A button pressed by the keyboard or a reader: one step.
  else if (button.dataset.move && event.detail === 0) send(panel, { act: button.dataset.move });
}

// The button goes with what it says: the focus stays in the panel.
function leave(panel, button, fields) {
  button.blur();
  panel.querySelector(".moving-board").focus();
  send(panel, fields);
}

document.addEventListener("keydown", typed, true);
document.addEventListener("keyup", (event) => pressed?.key === event.key && release(), true);
document.addEventListener("pointerdown", (event) => {
  const button = event.target.closest?.("[data-moving] [data-move]");
  if (button && event.button === 0) press(panelOf(button), button.dataset.move);
});
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => pressed?.key === "" && release());
addEventListener("blur", release);
// The page goes away: what it holds is free at once, not after half a minute.
addEventListener("pagehide", () => {
  for (const panel of document.querySelectorAll("[data-moving]")) {
    if (!panel.querySelector("[data-let-go]")) continue;
    const token = panel.closest(".look").querySelector("[name=csrfmiddlewaretoken]").value;
    navigator.sendBeacon(panel.dataset.act, new URLSearchParams({ act: "leave", csrfmiddlewaretoken: token }));
  }
});
document.addEventListener("click", clicked);
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("[data-moving][open]")) return;
  event.target.querySelector(".moving-board").focus();
  presets(event.target);
}, true);

// The part of the page at an address; nothing where there is none for this look or this member.
async function part(address) {
  const response = await fetch(address, { headers: { "HX-Request": "true" } });
  const text = await response.text();
  return response.ok && !response.redirected && !text.includes("<html") ? text : "";
}

async function presets(panel) {
  const place = panel.querySelector(".moving-presets");
  const address = place.dataset.presets;
  if (!address) return;
  delete place.dataset.presets; // a camera is asked once
  try {
    place.innerHTML = await part(address);
  } catch {
    place.dataset.presets = address;
  }
}

// Each new look is asked for its panel; it has none where its camera does not move.
function panels() {
  for (const place of document.querySelectorAll("[data-moving-at]")) {
    const address = place.dataset.movingAt;
    delete place.dataset.movingAt;
    part(address).then((text) => (text ? (place.outerHTML = text) : place.remove())).catch(() => place.remove());
  }
}

new MutationObserver(panels).observe(document.body, { childList: true, subtree: true });
panels();

setInterval(() => {
  for (const panel of document.querySelectorAll("[data-moving][open]")) {
    if (busy.has(panel) || document.hidden) continue;
    fetch(panel.dataset.state, { headers: { "HX-Request": "true" } }).then((response) => response.ok && show(panel, response)).catch(() => {});
  }
}, STATE_MS);
