// Figures that tick by themselves. The server writes the instant and the first words; here they only age.
//   <time data-age="ISO">        how long ago, as `54 s` or `1 min 12 s`
//   <b data-left="ISO">          how long is left, split in figures and small units
//   <svg data-budget="ISO" data-limit="60"> with .fill, and a neighbour [data-spent] for the words
//   <b data-hour>                the hour of the installation

const NBSP = "\u00a0";
let skew = 0; // ms that this machine's clock is ahead of the server's

export function setServerTime(iso) {
  const measured = Date.now() - Date.parse(iso);
  if (Number.isFinite(measured)) skew = measured;
}

export const now = () => Date.now() - skew;

export function parts(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return [[whole, "s"]];
  if (whole < 3600) return [[Math.floor(whole / 60), "min"], [String(whole % 60).padStart(2, "0"), "s"]];
  if (whole < 172800) {
    return [[Math.floor(whole / 3600), "h"], [String(Math.floor((whole % 3600) / 60)).padStart(2, "0"), ""]];
  }
  return [[Math.floor(whole / 86400), "j"]];
}

export const spell = (seconds) =>
  parts(seconds).map(([figure, unit]) => (unit ? `${figure}${NBSP}${unit}` : figure)).join(NBSP);

const since = (iso) => (now() - Date.parse(iso)) / 1000;

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tickLeft(element) {
  const left = -since(element.dataset.left);
  const figures = parts(left);
  if (element.dataset.plain !== undefined) {
    put(element, spell(left));
    return;
  }
  const text = figures.map(([figure, unit]) => figure + unit).join("");
  if (element.dataset.shown === text) return;
  element.dataset.shown = text;
  element.replaceChildren(
    ...figures.flatMap(([figure, unit], index) => {
      const small = document.createElement("small");
      small.textContent = NBSP + unit + (index < figures.length - 1 ? NBSP : "");
      return [String(figure), small];
    }),
  );
}

function tickBudget(element) {
  const spent = Math.max(0, since(element.dataset.budget));
  const limit = Number(element.dataset.limit);
  element.querySelector(".fill").setAttribute("width", Math.min(100, (spent / limit) * 100));
  element.classList.toggle("over", spent > limit);
  const words = element.parentElement.querySelector("[data-spent]");
  if (words) put(words, spell(spent));
}

function tick(root) {
  for (const element of root.querySelectorAll("[data-age]")) put(element, spell(since(element.dataset.age)));
  for (const element of root.querySelectorAll("[data-left]")) tickLeft(element);
  for (const element of root.querySelectorAll("[data-budget]")) tickBudget(element);
  for (const element of root.querySelectorAll("[data-hour]")) {
    put(element, new Intl.DateTimeFormat("fr-FR", {
      hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: element.dataset.hour,
    }).format(now()));
  }
}

let ticking = 0;

export function startClocks(root) {
  const server = root.querySelector("meta[name=server-time]");
  if (server) setServerTime(server.content);
  tick(root);
  if (!ticking) ticking = setInterval(() => tick(root), 1000);
}

export const tickNow = (root) => tick(root);
