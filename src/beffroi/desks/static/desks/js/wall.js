// The wall: its looks, all through one stream.
import { Looks } from "./eyes/looks.js";

new Looks({ token: document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "", keep: true });
// Enter in one of the two times asks for that moment, not for the live image whose button stands first.
document.querySelector(".wall-times")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
  event.preventDefault();
  event.currentTarget.querySelector("button").click();
});
document.body.dataset.ready = "";
