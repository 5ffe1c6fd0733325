// The colours of the tokens as the map's engine reads them: `light-dark()` already decided.

export function colours(names) {
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);
  const found = {};
  for (const name of names) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

// Calls back when the theme that the system asks for changes.
export function onThemeChange(callback) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
}
