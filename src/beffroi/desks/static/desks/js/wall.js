// The wall: its looks, all through one stream.
import { Looks } from "./eyes/looks.js";

new Looks({ token: document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "", keep: true });
document.body.dataset.ready = "";
