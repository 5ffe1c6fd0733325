// A call being taken: its place comes from the map or from the list of places; the form is sent by Enter.

const form = () => document.querySelector(".call-form");

function words(name, place) {
  const said = document.getElementById("placed");
  const stem = name ? said.dataset.near : said.dataset.map;
  said.textContent = stem.replace("{name}", name).replace("{metres}", Math.round(place.radius));
}

export function startCalls({ sheet, map }) {
  const put = (place, name) => {
    const { elements } = form();
    elements.lat.value = place.lat.toFixed(6);
    elements.lon.value = place.lon.toFixed(6);
    elements.radius.value = Math.round(place.radius);
    elements.where.value = name;
    empty();
    words(name, place);
    map.pin(place);
  };
  const empty = () => {
    document.getElementById("places-found").replaceChildren();
    form().elements.where.setAttribute("aria-expanded", "false");
  };
  const choose = (button) => {
    const { lat, lon, radius, name } = button.dataset;
    put({ lat: Number(lat), lon: Number(lon), radius: Number(radius), go: true }, name);
    form().elements.where.focus();
  };

  document.addEventListener("map:pressed", ({ detail }) => {
    if (!form()) return;
    put(detail, "");
    if (document.body.dataset.view === "carte" && matchMedia("(max-width: 760px)").matches) location.hash = "fiche";
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-place]");
    if (button) choose(button);
  });
  document.addEventListener("input", ({ target }) => {
    if (target.id !== "call-where") return;
    for (const name of ["lat", "lon", "radius"]) form().elements[name].value = "";
    document.getElementById("placed").textContent = "";
    map.pin(null);
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id !== "places-found") return;
    form()?.elements.where.setAttribute("aria-expanded", String(Boolean(target.querySelector("[data-place]"))));
  });
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-town]")) sheet.call(`${form().getAttribute("action")}?territory=${target.value}`);
  });
  document.addEventListener("keydown", (event) => {
    if (!form()?.contains(event.target)) return;
    step(event, choose, empty);
  });
  document.addEventListener("sheet:shown", () => {
    if (!form()) map.pin(null);
    else form().querySelector("input[name=kind]:checked, input[name=kind]")?.focus();
  });
}

// Down goes from the words to the places found, Enter takes the first of them, Escape empties the list.
function step(event, choose, empty) {
  const found = [...document.querySelectorAll("#places-found [data-place]")];
  const typing = event.target.id === "call-where";
  const at = found.indexOf(event.target);
  if (event.key === "Escape") empty();
  else if (event.key === "Enter" && typing && found.length && !form().elements.lat.value) {
    event.preventDefault();
    choose(found[0]);
  } else if (event.key === "ArrowDown" && (typing || at >= 0) && found.length) {
    event.preventDefault();
    found[Math.min(found.length - 1, at + 1)].focus();
  } else if (event.key === "ArrowUp" && at >= 0) {
    event.preventDefault();
    (at === 0 ? form().elements.where : found[at - 1]).focus();
  } else if (event.key === "Enter" && event.target.matches("input[type=radio], input[type=checkbox]")) {
    event.preventDefault();
    form().requestSubmit();
  }
}
