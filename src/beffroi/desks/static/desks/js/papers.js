// Pages that are read out, copied or printed: a key each, nothing else moves.

const all = (selector) => document.querySelectorAll(selector);

for (const button of all("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
for (const button of all("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

// Where the browser keeps its clipboard shut (no HTTPS), the text is selected instead.
async function copy(button) {
  const text = document.getElementById(button.dataset.copy);
  const said = document.getElementById("copied");
  try {
    await navigator.clipboard.writeText(text.value);
    said.textContent = said.dataset.done;
  } catch {
    text.hidden = false;
    text.select();
    said.textContent = said.dataset.select;
  }
  const way = document.querySelector('input[name="how"][value="written"]');
  if (way) way.checked = true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("textarea, input:not([type=radio]), select")) return;
  const way = document.querySelector(`[data-key="${event.key.toLowerCase()}"]`);
  if (!way) return;
  event.preventDefault();
  way.click();
});
