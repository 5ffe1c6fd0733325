// The duty desk's map: units glide, the incident is a diamond, the route is azure, cameras that see it light up.
import { keepScale, openTown, showTown, webgl } from "../map/town.js";
import { incidentMark, unitMark } from "../map/markers.js";
import { SwitchMarks } from "./switch-marks.js";

class DeskMap {
  #map = null;
  #desk;
  #queue;
  #sheet;
  #units = new Map();
  #incidents = new Map();
  #switches = null;
  #lit = new Set();
  #town = "";

  constructor({ desk, queue, sheet }) {
    this.#desk = desk;
    this.#queue = queue;
    this.#sheet = sheet;
  }

  async open() {
    const container = document.getElementById("map");
    const town = this.#desk.towns[this.#desk.town];
    if (!town || !webgl() || !window.maplibregl) return;
    this.#map = await openTown(container, { address: town.layers, centre: [town.lon, town.lat], zoom: 14.6 });
    this.#town = this.#desk.town;
    document.getElementById("map-off").remove();
    for (const element of document.querySelectorAll(".layers, .map-tools, .legend")) element.hidden = false;
    keepScale(this.#map, document.getElementById("scale"));
    this.#tools();
    await this.#cameras(town);
    this.#placeUnits();
    this.#switches = new SwitchMarks(this.#map, container.dataset.icons, this.#desk.switches);
    this.#switches.place(this.#town);
    this.incidents();
    this.incident();
    container.dataset.ready = "";
  }

  // From the feed: the units of one territory, as they are now.
  heard({ territory, units }) {
    this.#desk.units = [...this.#desk.units.filter((unit) => unit.territory !== territory), ...units];
    this.#placeUnits();
  }

  // From the feed: how what can be switched in one territory stands.
  stand(told) {
    this.#switches?.heard(told, this.#town);
  }

  // A known unit glides to its new place.
  #placeUnits() {
    if (!this.#map) return;
    const seen = new Set();
    for (const unit of this.#desk.units) {
      if (unit.lat === null || unit.territory !== this.#town) continue;
      seen.add(unit.key);
      this.#placeUnit(unit);
    }
    for (const [key, held] of this.#units) {
      if (seen.has(key)) continue;
      held.marker.remove();
      this.#units.delete(key);
    }
  }

  #placeUnit(unit) {
    const face = JSON.stringify([unit.state, unit.heading, unit.stale, unit.sub]);
    let held = this.#units.get(unit.key);
    if (!held) {
      const element = document.createElement("div");
      element.className = "map-mark unit-mark";
      element.setAttribute("role", "img");
      element.setAttribute("aria-label", unit.words);
      const marker = new window.maplibregl.Marker({ element }).setLngLat([unit.lon, unit.lat]).addTo(this.#map);
      held = { marker, element, face: "" };
      this.#units.set(unit.key, held);
    }
    if (held.face !== face) held.element.replaceChildren(unitMark(unit));
    held.element.setAttribute("aria-label", unit.words);
    held.face = face;
    held.marker.setLngLat([unit.lon, unit.lat]);
  }

  // Every open incident of this town, numbered as in the queue.
  incidents() {
    if (!this.#map) return;
    const seen = new Set();
    let number = 0;
    for (const row of this.#queue.rows()) {
      if (row.dataset.group === "closed") continue;
      number += 1;
      if (row.dataset.lat === undefined || row.dataset.territory !== this.#town) continue;
      seen.add(row.dataset.id);
      this.#placeIncident(row, number);
    }
    for (const [id, held] of this.#incidents) {
      if (seen.has(id)) continue;
      held.marker.remove();
      this.#incidents.delete(id);
    }
  }

  #placeIncident(row, number) {
    const { id, badge, lat, lon } = row.dataset;
    const current = id === this.#sheet.id;
    const face = `${badge} ${current} ${number} ${row.classList.contains("life")}`;
    let held = this.#incidents.get(id);
    if (!held) {
      const element = document.createElement("div");
      element.className = "map-mark incident-mark"; // a short cut for the mouse; keys have the queue
      element.setAttribute("role", "img");
      element.setAttribute("aria-label", `${number}, ${row.querySelector("b")?.textContent ?? ""}`);
      element.addEventListener("click", () => this.#sheet.open(id));
      const marker = new window.maplibregl.Marker({ element }).setLngLat([Number(lon), Number(lat)]).addTo(this.#map);
      held = { marker, element, face: "" };
      this.#incidents.set(id, held);
    }
    held.marker.setLngLat([Number(lon), Number(lat)]);
    if (held.face === face) return;
    held.face = face;
    held.element.classList.toggle("current", current);
    held.element.replaceChildren(incidentMark({ badge, number, current, life: row.classList.contains("life") }));
  }

  // The incident shown: its route, the cameras that see it, and the view that holds both.
  incident() {
    if (!this.#map) return;
    const { territory } = this.#sheet.element.dataset;
    if (territory && territory !== this.#town && this.#desk.towns[territory]) this.#go(territory);
    this.incidents();
    const route = this.#sheet.route();
    const line = { type: "LineString", coordinates: route.map(([lat, lon]) => [lon, lat]) };
    this.#map.getSource("route").setData(
      route.length ? { type: "Feature", properties: {}, geometry: line } : { type: "FeatureCollection", features: [] },
    );
    this.#reach();
    const seeing = this.#sheet.seeing();
    for (const key of this.#lit) this.#light(key, false);
    for (const key of seeing) this.#light(key, true);
    this.#lit = seeing;
    if (this.#shown !== this.#sheet.id) this.fit();
    this.#shown = this.#sheet.id;
  }

  #shown = "";
  #pin = null;

  // The place of a call while its form is open; null takes it away.
  pin(place) {
    this.#pin?.remove();
    this.#pin = null;
    if (!this.#map || !place) return;
    const element = document.createElement("div");
    element.className = "pin";
    this.#pin = new window.maplibregl.Marker({ element, anchor: "bottom" }).setLngLat([place.lon, place.lat]).addTo(this.#map);
    if (place.go) this.#map.easeTo({ center: [place.lon, place.lat], zoom: Math.max(this.#map.getZoom(), 16), duration: 240 });
  }

  #reach() {
    const features = this.#sheet.reach().flatMap((lines, band) => lines.map((line) => ({
      type: "Feature", properties: { band },
      geometry: { type: "LineString", coordinates: line.map(([lat, lon]) => [lon, lat]) },
    })));
    this.#map.getSource("reach").setData({ type: "FeatureCollection", features });
    const exits = this.#sheet.exits().map(({ lat, lon, held }, place) => ({
      type: "Feature", properties: { number: String(place + 1), held },
      geometry: { type: "Point", coordinates: [lon, lat] },
    }));
    this.#map.getSource("exits").setData({ type: "FeatureCollection", features: exits });
    const words = this.#sheet.element.querySelector(".reach-words");
    const box = document.querySelector(".reachbox");
    box.replaceChildren(...(words ? words.cloneNode(true).childNodes : []));
    box.hidden = !words || document.querySelector('[data-layer="reach"]').getAttribute("aria-pressed") !== "true";
  }

  #light(key, seeing) {
    for (const source of ["cameras", "views"]) this.#map.setFeatureState({ source, id: key }, { seeing });
  }

  fit() {
    const row = this.#queue.row(this.#sheet.id);
    if (!this.#map || row?.dataset.lat === undefined) return;
    const box = new window.maplibregl.LngLatBounds();
    box.extend([Number(row.dataset.lon), Number(row.dataset.lat)]);
    for (const [lat, lon] of this.#sheet.route()) box.extend([lon, lat]);
    for (const { lat, lon } of this.#sheet.exits()) box.extend([lon, lat]);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map.fitBounds(box, { padding: { top: 80, bottom: 70, left: 60, right: 60 }, maxZoom: 16.4, duration: calm ? 0 : 240 });
  }

  // Another town of those watched: its own layers, cameras and units.
  #go(territory) {
    this.#town = territory;
    const town = this.#desk.towns[territory];
    showTown(this.#map, town.layers);
    this.#map.jumpTo({ center: [town.lon, town.lat], zoom: 14.6 });
    this.#lit = new Set();
    this.#placeUnits();
    this.#switches.place(territory);
    this.#map.once("styledata", () => this.#cameras(town).then(() => this.incident()));
  }

  async #cameras(town) {
    const response = await fetch(town.cameras);
    if (!response.ok) return;
    const { cameras, views } = await response.json();
    this.#map.getSource("cameras").setData(cameras);
    this.#map.getSource("views").setData(views);
  }

  #tools() {
    const container = document.getElementById("map");
    this.#map.on("movestart", () => container.classList.add("map-moving")); // marks glide, maps do not drag them behind
    this.#map.on("moveend", () => container.classList.remove("map-moving"));
    for (const button of document.querySelectorAll(".layers button")) {
      button.addEventListener("click", () => this.#toggle(button));
    }
    for (const button of document.querySelectorAll(".map-tools button")) {
      button.addEventListener("click", () => {
        if (button.dataset.zoom) this.#map.zoomTo(this.#map.getZoom() + Number(button.dataset.zoom), { duration: 240 });
        else this.fit();
      });
    }
    document.addEventListener("map:fit", () => this.fit());
    this.#map.on("click", ({ lngLat, originalEvent }) => {
      if (originalEvent.target.closest(".map-mark")) return;
      const perPixel = 156543 * Math.cos((lngLat.lat * Math.PI) / 180) / 2 ** (this.#map.getZoom() + 1);
      // a finger is 20 pixels wide, a mouse points better
      const wide = originalEvent.pointerType === "touch" || matchMedia("(pointer: coarse)").matches ? 20 : 6;
      const detail = { lat: lngLat.lat, lon: lngLat.lng, radius: Math.max(10, wide * perPixel) };
      document.dispatchEvent(new CustomEvent("map:pressed", { detail }));
    });
    document.addEventListener("view:shown", () => this.#map.resize());
    new ResizeObserver(() => this.#map.resize()).observe(document.getElementById("map"));
  }

  #toggle(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    if (["units", "switches"].includes(button.dataset.layer)) {
      document.getElementById("map").classList.toggle(`no-${button.dataset.layer}`, !on);
      return;
    }
    const layers = { cameras: ["cameras", "camera-ticks", "camera-names", "views"], lamps: ["lamps"], reach: ["reach-0", "reach-1", "reach-2", "exits", "exit-numbers"] };
    for (const layer of layers[button.dataset.layer]) {
      this.#map.setLayoutProperty(layer, "visibility", on ? "visible" : "none");
    }
    if (button.dataset.layer === "reach") this.#reach();
  }
}

export function startMap(parts) {
  const map = new DeskMap(parts);
  map.open().catch((error) => console.error("map", error)); // the rest of the desk works without it
  return map;
}
