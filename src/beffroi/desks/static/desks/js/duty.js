// The duty desk: plugs the live feed, the queue, the sheet, the log, the map and the keys together.
import { Feed } from "./feed.js";
import { setServerTime, tickNow } from "./clocks.js";
import { Queue } from "./duty/queue.js";
import { Sheet } from "./duty/sheet.js";
import { Log } from "./duty/log.js";
import { Link } from "./duty/link.js";
import { startKeys } from "./duty/keys.js";
import { startTabs } from "./duty/tabs.js";
import { startDialogs } from "./duty/dialogs.js";
import { startCalls } from "./duty/calls.js";
import { startMap } from "./duty/desk-map.js";
import { Looks } from "./eyes/looks.js";

const desk = JSON.parse(document.getElementById("desk").textContent);
const queue = new Queue(document.getElementById("file"));
const sheet = new Sheet(desk);
const log = new Log(document.getElementById("journal"));
const link = new Link(document.getElementById("link"));

startTabs();
startDialogs();
startKeys({ queue, sheet });
const map = startMap({ desk, queue, sheet });
startCalls({ sheet, map });

new Looks({ token: JSON.parse(document.getElementById("main").getAttribute("hx-headers"))["X-CSRFToken"] });

const feed = new Feed(desk.feed, desk.position);
feed.addEventListener("state", ({ detail }) => link.show(detail));
feed.addEventListener("row", ({ detail }) => {
  queue.take(detail);
  sheet.changed(detail);
  map.incidents();
  link.fact();
  performance.mark(`row ${detail.id} ${detail.position}`);
});
feed.addEventListener("line", ({ detail }) => {
  log.take(detail);
  link.fact();
});
feed.addEventListener("hello", ({ detail }) => setServerTime(detail.now));
feed.addEventListener("units", ({ detail }) => map.heard(detail));
feed.addEventListener("switches", ({ detail }) => {
  map.stand(detail);
  sheet.stand(detail);
});
feed.addEventListener("head", ({ detail }) => log.head(detail));
feed.addEventListener("trouble", ({ detail }) => { document.getElementById("troubles").innerHTML = detail.html; });
feed.addEventListener("again", () => location.reload()); // too much was missed to be told line by line

document.addEventListener("sheet:shown", () => {
  queue.mark(sheet.id);
  map.incident();
  tickNow(document);
});
document.body.dataset.ready = "";
