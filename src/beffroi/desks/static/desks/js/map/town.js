// One town on a map: its style, its cameras, a scale; moved by keys, mouse or finger.
import { letters, style } from "./style.js";
import { onThemeChange } from "./colours.js";

const TICK = 24;

// The tick of a camera towards what it sees: a small triangle that points north before it is turned.
function tick() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = TICK;
  const pen = canvas.getContext("2d");
  pen.beginPath();
  pen.moveTo(12, 5);
  pen.lineTo(18, 18);
  pen.lineTo(6, 18);
  pen.closePath();
  pen.fill();
  return pen.getImageData(0, 0, TICK, TICK);
}

export function webgl() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

// address: `/carte/KEY/VERSION/LAYER.json`, with LAYER to be replaced; centre: [lon, lat]
export async function openTown(container, { address, centre, zoom = 15, bounds }) {
  const { maplibregl } = window;
  maplibregl.setWorkerUrl(container.dataset.worker);
  await letters();
  const map = new maplibregl.Map({
    container,
    style: style((layer) => address.replace("LAYER", layer)),
    center: centre,
    zoom,
    minZoom: 10,
    maxZoom: 19.5,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    maxBounds: bounds,
    locale: { "Map.Title": container.dataset.title },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.on("styleimagemissing", ({ id }) => {
    if (id === "tick" && !map.hasImage("tick")) map.addImage("tick", tick(), { sdf: true, pixelRatio: 2 });
  });
  onThemeChange(() => location.reload()); // rare; a page drawn anew is simpler than colours put back one by one
  await new Promise((ready) => map.once("load", ready));
  return map;
}

// Draw another town on the same map.
export function showTown(map, address) {
  map.setStyle(style((layer) => address.replace("LAYER", layer)), { diff: false });
}

const STEPS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

// A scale whose length is true: the bar is drawn to the metre.
export function keepScale(map, element) {
  const draw = () => {
    const { lat } = map.getCenter();
    const perPixel = (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** map.getZoom());
    const metres = STEPS.find((step) => step / perPixel >= 44) ?? STEPS.at(-1);
    element.style.width = `${Math.round(metres / perPixel)}px`;
    element.textContent = metres < 1000 ? `${metres}\u00a0m` : `${metres / 1000}\u00a0km`;
  };
  map.on("zoom", draw);
  draw();
}
