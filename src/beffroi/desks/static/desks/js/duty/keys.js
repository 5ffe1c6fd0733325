// Every action has a key. Keys rest while one types or while a question is open.
import { openDialog } from "./dialogs.js";

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

export function startKeys({ queue, sheet }) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const done = press(event, { queue, sheet });
    if (done) event.preventDefault();
  });
}

function press(event, { queue, sheet }) {
  const { key } = event;
  if (key === "ArrowDown" || key === "ArrowUp") {
    if (event.target.closest("#map, #journal ol, .sheet-body")) return false;
    const focused = document.activeElement.closest?.(".row")?.dataset.id ?? sheet.id;
    queue.neighbour(focused, key === "ArrowDown" ? 1 : -1)?.focus();
    return true;
  }
  if (key === "?") return openDialog("keys");
  const letter = key.toLowerCase();
  if (letter === "n") return openDialog("note");
  if (letter === "c") return openDialog("close");
  if (letter === "d") return openDialog("doubt");
  if (letter === "k") return openDialog("switch");
  if ("tplr".includes(letter) && letter.length === 1) {
    const way = document.querySelector(`[data-go="${letter}"]`);
    way?.click();
    return Boolean(way);
  }
  if (letter === "m") {
    document.dispatchEvent(new CustomEvent("map:fit"));
    return true;
  }
  return "aesv".includes(letter) && letter.length === 1 ? sheet.press(letter) : false;
}
