// What moves or waits on the map: units (disc, square) and incidents (diamond, circle). Shape speaks before colour.

const SVG = "http://www.w3.org/2000/svg";

function draw(name, attributes, children = []) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const text = (words, attributes) => {
  const element = draw("text", { "text-anchor": "middle", ...attributes });
  element.textContent = words;
  return element;
};

// unit: { key, corps: "u" | "g", state, heading, stale, sub }
export function unitMark(unit) {
  const shape = unit.corps === "g"
    ? (half, kind) => draw("rect", { class: kind, x: -half, y: -half, width: 2 * half, height: 2 * half, rx: 2 })
    : (half, kind) => draw("circle", { class: kind, r: half });
  const parts = [shape(15, "halo")];
  if (unit.heading !== null) parts.push(draw("path", { class: "head", d: "M0-21L6.5-12.5H-6.5z", transform: `rotate(${unit.heading})` }));
  parts.push(shape(12.5, "body"), text(unit.key, { class: unit.key.length > 3 ? "id long" : "id", y: unit.key.length > 3 ? 3 : 4.2 }));
  if (unit.sub) parts.push(text(unit.sub, { class: "sub", y: 29 }));
  const kind = `m-unit ${unit.state === "free" ? "free" : "busy"}${unit.stale ? " stale" : ""}`;
  return draw("svg", { class: kind, viewBox: "-40 -26 80 60", width: 80, height: 60, "aria-hidden": "true" }, parts);
}

// thing: { icon, state: "usual" | "changed" | "asked" | "unknown" | "mute" }; icons: the address of the sprite
export function switchMark(thing, icons) {
  const picture = draw("use", { href: `${icons}#i-${thing.icon}`, class: "i", x: -7, y: -7, width: 14, height: 14 });
  const shape = (half, kind) => draw("path", { class: kind, d: hexagon(half) });
  const parts = [shape(15.5, "halo"), shape(13, "body"), picture];
  if (thing.state === "mute") parts.push(text("!", { class: "bang", x: 11, y: -6 }));
  return draw("svg", { class: `m-switch ${thing.state}`, viewBox: "-18 -18 36 36", width: 36, height: 36, "aria-hidden": "true" }, parts);
}

const hexagon = (half) => {
  const points = [0, 1, 2, 3, 4, 5].map((side) => {
    const angle = (Math.PI / 3) * side;
    return `${(half * Math.cos(angle)).toFixed(2)} ${(half * Math.sin(angle)).toFixed(2)}`;
  });
  return `M${points.join("L")}z`;
};

// incident: { badge, number, current, life }
export function incidentMark(incident) {
  const parts = [];
  let kind = "m-inc";
  if (incident.badge === "sent" || incident.badge === "onscene") {
    kind += " sent";
    if (incident.current) parts.push(draw("circle", { class: "ring", r: 22 }));
    parts.push(draw("circle", { class: incident.badge === "onscene" ? "dot full" : "dot", r: 10 }));
  } else if (incident.badge === "tech") {
    kind += " tech";
    parts.push(draw("rect", { class: "dot", x: -9, y: -9, width: 18, height: 18, rx: 2 }));
  } else if (incident.current) {
    parts.push(draw("circle", { class: "ring", r: 25 }));
    parts.push(draw("path", { class: incident.badge === "confirmed" ? "dia" : "dia hollow", d: "M0-17L17 0 0 17-17 0z" }));
  } else {
    parts.push(draw("path", { class: incident.badge === "confirmed" ? "dia" : "dia hollow", d: "M0-11L11 0 0 11-11 0z" }));
  }
  if (incident.life) kind += " life";
  parts.push(text(incident.number, { class: "n", y: 4.2 }));
  return draw("svg", { class: kind, viewBox: "-28 -28 56 56", width: 56, height: 56, "aria-hidden": "true" }, parts);
}
