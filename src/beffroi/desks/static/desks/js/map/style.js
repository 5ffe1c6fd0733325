// The town drawn from its own layers: night or limestone, no colour of its own, streets named along their line.
import { colours } from "./colours.js";

const NAMES = [
  "map-land", "map-water", "map-green", "map-yard", "map-building", "map-public", "map-street", "map-casing",
  "map-rail", "map-label", "camera", "camera-view", "camera-seeing", "camera-mute", "ours",
  "on-ours", "panel", "text", "text-2", "lantern-text", "theirs",
];
// The rank of a street from 0 (main road) to 4 (path), by its class in OpenStreetMap.
const RANK = [
  "match", ["get", "class"],
  ["motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link"], 0,
  ["secondary", "secondary_link", "tertiary", "tertiary_link"], 1,
  ["residential", "unclassified", "living_street", "road", "pedestrian"], 2,
  ["service", "busway"], 3,
  4,
];
const FONT_MIDDLE = ["Public Sans Medium"];

export const LAYERS = ["water", "green", "rail", "streets", "buildings", "lamps"];
const EMPTY = { type: "FeatureCollection", features: [] };

// Widths in pixels by zoom, for a class of street from 0 (main) to 4 (path).
const width = (extra) => [
  "interpolate", ["exponential", 1.6], ["zoom"],
  12, ["+", extra, ["match", RANK, 0, 1.6, 1, 1.2, 2, 0.8, 3, 0.4, 0.2]],
  16, ["+", extra, ["match", RANK, 0, 8, 1, 7, 2, 5.5, 3, 3.5, 1.4]],
  19, ["+", extra * 2, ["match", RANK, 0, 26, 1, 22, 2, 17, 3, 10, 3]],
];

function ground(c) {
  return [
    { id: "land", type: "background", paint: { "background-color": c["map-land"] } },
    { id: "green", type: "fill", source: "green", paint: { "fill-color": c["map-green"] } },
    { id: "water", type: "fill", source: "water", filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": c["map-water"] } },
    { id: "streams", type: "line", source: "water", filter: ["==", ["geometry-type"], "LineString"],
      paint: { "line-color": c["map-water"], "line-width": ["interpolate", ["linear"], ["zoom"], 13, 1, 17, 5] } },
    { id: "rail", type: "line", source: "rail", minzoom: 13,
      paint: { "line-color": c["map-rail"], "line-width": ["interpolate", ["linear"], ["zoom"], 13, 0.5, 17, 1.4] } },
    { id: "buildings", type: "fill", source: "buildings", minzoom: 13,
      paint: { "fill-color": ["case", ["has", "name"], c["map-public"], c["map-building"]] } },
  ];
}

function streets(c) {
  const round = { "line-cap": "round", "line-join": "round" };
  const order = ["-", 5, RANK];
  return [
    { id: "casing", type: "line", source: "streets", minzoom: 13, filter: ["<", RANK, 4],
      layout: { ...round, "line-sort-key": order }, paint: { "line-color": c["map-casing"], "line-width": width(1.6) } },
    { id: "paths", type: "line", source: "streets", minzoom: 14, filter: ["==", RANK, 4],
      paint: { "line-color": c["map-street"], "line-width": width(0), "line-dasharray": [3, 2], "line-opacity": 0.8 } },
    { id: "streets", type: "line", source: "streets", filter: ["<", RANK, 4],
      layout: { ...round, "line-sort-key": order },
      paint: { "line-color": c["map-street"], "line-width": width(0), "line-opacity": ["match", RANK, 3, 0.75, 1] } },
  ];
}

function over(c) {
  return [
    { id: "lamps", type: "circle", source: "lamps", minzoom: 14, layout: { visibility: "none" },
      paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 14, 1.2, 18, 4], "circle-color": c["lantern-text"],
        "circle-opacity": 0.85 } },
    { id: "views", type: "fill", source: "views", minzoom: 14,
      paint: { "fill-color": ["case", ["boolean", ["feature-state", "seeing"], false], c["camera-seeing"], c["camera-view"]] } },
    ...[[], [2.5, 1.6], [0.4, 1.8]].map((dash, band) => ({
      id: `reach-${band}`, type: "line", source: "reach", filter: ["==", ["get", "band"], band],
      layout: { "line-cap": band ? "butt" : "round", "line-join": "round" },
      paint: { "line-color": c.theirs, "line-opacity": [0.75, 0.7, 0.65][band],
        "line-width": ["interpolate", ["linear"], ["zoom"], 13, 2, 17, [7, 4, 3][band]],
        ...(dash.length ? { "line-dasharray": dash } : {}) },
    })),
    { id: "route-halo", type: "line", source: "route", layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": c["map-casing"], "line-width": 8 } },
    { id: "route", type: "line", source: "route", layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": c.ours, "line-width": 4 } },
  ];
}

function names(c) {
  const halo = { "text-color": c["map-label"], "text-halo-color": c["map-land"], "text-halo-width": 1.4 };
  return [
    { id: "street-names", type: "symbol", source: "streets", minzoom: 14, filter: ["has", "name"],
      layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": FONT_MIDDLE,
        "text-size": ["interpolate", ["linear"], ["zoom"], 14, 10, 18, 13], "symbol-spacing": 320,
        "text-max-angle": 35, "symbol-sort-key": RANK },
      paint: halo },
    { id: "building-names", type: "symbol", source: "buildings", minzoom: 16,
      filter: ["has", "name"],
      layout: { "text-field": ["get", "name"], "text-font": FONT_MIDDLE, "text-size": 11, "text-max-width": 8 },
      paint: { ...halo, "text-halo-color": c["map-public"] } },
  ];
}

function cameras(c) {
  const seeing = ["boolean", ["feature-state", "seeing"], false];
  return [
    { id: "cameras", type: "circle", source: "cameras", minzoom: 13,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 13, 2.5, 16, 6.2],
        "circle-color": ["case", seeing, c.ours, c.panel],
        "circle-stroke-color": ["case", seeing, c.ours, ["get", "mute"], c["camera-mute"], c.camera],
        "circle-stroke-width": 1.3,
      } },
    { id: "camera-ticks", type: "symbol", source: "cameras", minzoom: 15, filter: ["has", "direction"],
      layout: { "icon-image": "tick", "icon-rotate": ["get", "direction"], "icon-rotation-alignment": "map",
        "icon-allow-overlap": true, "icon-ignore-placement": true },
      paint: { "icon-color": ["case", seeing, c["on-ours"], c.camera] } },
    { id: "camera-names", type: "symbol", source: "cameras", minzoom: 16,
      layout: { "text-field": ["get", "key"], "text-font": FONT_MIDDLE, "text-size": 10.5, "text-offset": [0, -1.35],
        "text-optional": true },
      paint: { "text-color": ["case", seeing, c.text, c["text-2"]], "text-halo-color": c["map-land"], "text-halo-width": 1.6 } },
  ];
}

// The roads to watch, numbered as on the sheet: full where a patrol can be there first.
function exits(c) {
  const held = ["get", "held"];
  return [
    { id: "exits", type: "circle", source: "exits",
      paint: { "circle-radius": 10, "circle-color": ["case", held, c.theirs, c.panel], "circle-stroke-color": c.theirs,
        "circle-stroke-width": 2.2 } },
    { id: "exit-numbers", type: "symbol", source: "exits",
      layout: { "text-field": ["get", "number"], "text-font": FONT_MIDDLE, "text-size": 13, "text-allow-overlap": true,
        "text-ignore-placement": true },
      paint: { "text-color": ["case", held, c.panel, c.theirs] } },
  ];
}

// The whole style of a town: `address(layer)` gives where each layer is served.
export function style(address) {
  const c = colours(NAMES);
  const sources = Object.fromEntries(LAYERS.map((layer) => [layer, { type: "geojson", data: address(layer), maxzoom: 16, tolerance: 0.3 }]));
  sources.cameras = { type: "geojson", data: EMPTY, promoteId: "key" };
  sources.views = { type: "geojson", data: EMPTY, promoteId: "key" };
  sources.route = { type: "geojson", data: EMPTY };
  sources.reach = { type: "geojson", data: EMPTY };
  sources.exits = { type: "geojson", data: EMPTY };
  return { version: 8, sources, layers: [...ground(c), ...streets(c), ...over(c), ...names(c), ...cameras(c), ...exits(c)] };
}

// The letters that the map draws with are the page's own: ask for them before the first label.
export const letters = () => document.fonts.load('500 16px "Public Sans Medium"');

