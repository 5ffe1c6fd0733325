// What every page does: the menu closes when one leaves it; clocks and ages tick.
import { startClocks } from "./clocks.js";

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
startClocks(document);
