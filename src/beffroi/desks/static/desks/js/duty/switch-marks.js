// What the town can switch, on the map: a hexagon with its picture, its state as it said last and how old that is.
import { switchMark } from "../map/markers.js";
import { tickNow } from "../clocks.js";

const NAMES_FROM = 15.5; // farther away the words would cover the streets

export class SwitchMarks {
  #map;
  #icons;
  #all;
  #held = new Map();

  // icons: address of the sprite; switches: { territory, key, icon, lat, lon, state, said, said_at, words }
  constructor(map, icons, switches) {
    this.#map = map;
    this.#icons = icons;
    this.#all = switches;
    const near = () => map.getContainer().classList.toggle("far-off", map.getZoom() < NAMES_FROM);
    map.on("zoom", near);
    near();
  }

  heard({ territory, switches }, town) {
    this.#all = [...this.#all.filter((each) => each.territory !== territory), ...switches];
    if (territory === town) this.place(town);
  }

  place(town) {
    const here = this.#all.filter((each) => each.territory === town);
    for (const element of document.querySelectorAll("[data-layer=switches], .legend .sw")) element.hidden = !here.length;
    const seen = new Set(here.map((each) => each.key));
    for (const [key, held] of this.#held) {
      if (seen.has(key)) continue;
      held.marker.remove();
      this.#held.delete(key);
    }
    for (const each of here) this.#place(each);
  }

  #place(each) {
    let held = this.#held.get(each.key);
    if (!held) {
      const element = document.createElement("div");
      element.className = "map-mark switch-mark";
      element.setAttribute("role", "img");
      held = { element, marker: new window.maplibregl.Marker({ element }), face: "" };
      this.#held.set(each.key, held);
    }
    const face = JSON.stringify([each.icon, each.state, each.said, each.said_at]);
    if (held.face !== face) held.element.replaceChildren(switchMark(each, this.#icons), this.#words(each));
    held.face = face;
    held.element.setAttribute("aria-label", each.words);
    held.element.title = each.words;
    held.marker.setLngLat([each.lon, each.lat]).addTo(this.#map);
    tickNow(held.element);
  }

  #words({ said, said_at: at }) {
    const words = document.createElement("span");
    words.className = "sub";
    words.append(said || "?");
    if (at) {
      const age = document.createElement("time");
      age.dateTime = age.dataset.age = at;
      words.append(" · ", age);
    }
    return words;
  }
}
