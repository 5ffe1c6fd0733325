// The way there on the town's map: the place, the unit, the route; it follows the patrol unless a finger moved it.
import { openTown, webgl } from "../map/town.js";
import { incidentMark, unitMark } from "../map/markers.js";

export class Way {
  #map = null;
  #place = null;
  #unit = null;
  #told = null;
  #moved = false;

  async open(field) {
    const container = document.getElementById("map");
    if (!container || !field.layers || !webgl() || !window.maplibregl) return;
    const centre = field.place ? [field.place[1], field.place[0]] : field.centre;
    this.#map = await openTown(container, { address: field.layers, centre, zoom: 15.5 });
    document.getElementById("map-off")?.remove();
    for (const event of ["dragstart", "wheel", "touchmove"]) {
      this.#map.on(event, ({ originalEvent }) => {
        if (originalEvent) this.#moved = true;
      });
    }
    this.show(this.#told ?? field);
    container.dataset.ready = "";
  }

  show(told) {
    this.#told = told;
    if (!this.#map) return;
    const line = told.way.map(([lat, lon]) => [lon, lat]);
    this.#map.getSource("route")?.setData(
      line.length > 1
        ? { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: line } }
        : { type: "FeatureCollection", features: [] },
    );
    this.#put("place", told.place, () => incidentMark({ badge: "confirmed", number: "", current: true, life: told.life }));
    const { unit } = told;
    this.#put("unit", unit.lat === null ? null : [unit.lat, unit.lon], () => unitMark(unit));
    if (!this.#moved) this.#fit(line);
  }

  // The phone's own place, at once and without a network.
  here({ latitude, longitude, heading }) {
    if (!this.#told) return;
    const unit = { ...this.#told.unit, lat: latitude, lon: longitude, heading: Number.isFinite(heading) ? heading : null, stale: false };
    this.#told = { ...this.#told, unit };
    if (this.#map) this.#put("unit", [latitude, longitude], () => unitMark(unit));
  }

  #put(which, at, draw) {
    const held = which === "place" ? this.#place : this.#unit;
    held?.remove();
    if (!at) return;
    const element = document.createElement("div");
    element.className = `map-mark ${which === "place" ? "incident-mark current" : "unit-mark"}`;
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", which === "place" ? this.#told.reference : this.#told.unit.key);
    element.append(draw());
    const marker = new window.maplibregl.Marker({ element }).setLngLat([at[1], at[0]]).addTo(this.#map);
    if (which === "place") this.#place = marker;
    else this.#unit = marker;
  }

  #fit(line) {
    const { place, unit } = this.#told;
    const points = [...line, ...(place ? [[place[1], place[0]]] : []), ...(unit.lat === null ? [] : [[unit.lon, unit.lat]])];
    if (!points.length) return;
    const box = points.reduce((all, point) => all.extend(point), new window.maplibregl.LngLatBounds(points[0], points[0]));
    const { clientHeight } = this.#map.getContainer();
    const top = Math.min(92, clientHeight * 0.45);
    this.#map.fitBounds(box, { padding: { top, bottom: Math.min(28, clientHeight * 0.12), left: 36, right: 36 }, maxZoom: 17, duration: 0 });
  }
}
