// The distress button: held for two seconds by finger or key, so that nothing in a pocket calls for help.
const HELD_MS = 2_000;

export function holdable(button, { keep, held }) {
  const words = button.textContent;
  let timer = 0;
  const start = (event) => {
    if (timer || button.classList.contains("held")) return;
    event.preventDefault();
    button.classList.add("holding");
    button.textContent = keep;
    timer = setTimeout(() => {
      stop();
      button.classList.add("held");
      navigator.vibrate?.([400, 100, 400]);
      held();
      setTimeout(() => button.classList.remove("held"), 10_000);
    }, HELD_MS);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    button.classList.remove("holding");
    button.textContent = words;
  };
  button.addEventListener("pointerdown", start);
  for (const end of ["pointerup", "pointercancel", "pointerleave", "blur"]) button.addEventListener(end, stop);
  button.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") start(event);
  });
  button.addEventListener("keyup", stop);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.hidden = false;
}
