// The place of a report: the phone's own position, or a press on the map.
import { openTown, webgl } from "./map/town.js";

const box = document.getElementById("report-map");
const placed = document.getElementById("placed");
const field = (name) => document.getElementById(name);
let map = null;
let marker = null;

function put(lat, lon, radius, words) {
  field("lat").value = lat.toFixed(6);
  field("lon").value = lon.toFixed(6);
  field("radius").value = Math.round(radius);
  placed.textContent = words;
  if (!map) return;
  if (!marker) {
    const element = document.createElement("div");
    element.className = "pin";
    marker = new window.maplibregl.Marker({ element, anchor: "bottom" });
  }
  marker.setLngLat([lon, lat]).addTo(map);
}

function forget() {
  for (const name of ["lat", "lon", "radius"]) field(name).value = "";
  marker?.remove();
  placed.textContent = placed.dataset.none;
}

function locate() {
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      put(coords.latitude, coords.longitude, coords.accuracy, placed.dataset.here.replace("{metres}", Math.round(coords.accuracy)));
      field("street").value = "";
      map?.jumpTo({ center: [coords.longitude, coords.latitude], zoom: 16.5 });
    },
    () => { placed.textContent = placed.dataset.denied; },
    { enableHighAccuracy: true, timeout: 8000, maximumAge: 30000 },
  );
}

async function openMap() {
  if (!box.dataset.layers || !webgl() || !window.maplibregl) return;
  box.hidden = false;
  map = await openTown(box, { address: box.dataset.layers, centre: [Number(box.dataset.lon), Number(box.dataset.lat)], zoom: 14.5 });
  map.on("click", ({ lngLat }) => {
    const metresPerPixel = 156543 * Math.cos((lngLat.lat * Math.PI) / 180) / 2 ** (map.getZoom() + 1);
    put(lngLat.lat, lngLat.lng, Math.max(15, 20 * metresPerPixel), placed.dataset.there); // a finger is 20 pixels wide
    field("street").value = "";
  });
  box.dataset.ready = "";
}

placed.textContent = placed.dataset.none;
if (navigator.geolocation) {
  field("locate").hidden = false;
  field("locate").addEventListener("click", locate);
}
field("street").addEventListener("change", forget);
field("territory")?.addEventListener("change", ({ target }) => { location.search = `?territory=${target.value}`; });
openMap().catch((error) => console.error("map", error)); // the list of streets remains
