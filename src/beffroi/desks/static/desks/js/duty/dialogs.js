// Questions: asked in a dialog, dismissed by Escape, by a button, or by a press outside.

const find = (name) => document.querySelector(`dialog[data-dialog="${name}"]`);

export function openDialog(name) {
  const dialog = find(name);
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  return true;
}

// A unit that is not the first proposed: say which, and why the other came first.
function askToSend(button) {
  const dialog = find("send");
  if (!dialog) return false;
  const unit = button.form.elements.unit.value;
  const first = document.querySelector(".unit.first .mark")?.textContent ?? "";
  const title = dialog.querySelector("h3");
  // One that is not proposed is not compared with the first: it goes all the same, or it does not.
  const question = "alone" in button.dataset || !first ? title.dataset.alone : title.dataset.question;
  title.textContent = question.replace("{unit}", unit).replace("{first}", first);
  dialog.querySelector("[data-reason]").textContent = button.dataset.ask;
  dialog.querySelector("form").elements.unit.value = unit;
  dialog.querySelector("form").elements.divert.value = button.form.elements.divert?.value ?? "";
  const send = dialog.querySelector("[data-words]");
  send.textContent = send.dataset.words.replace("{unit}", unit);
  dialog.showModal();
  return true;
}

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) openDialog(opener.dataset.open);
    if (event.target.closest("[data-dismiss]")) event.target.closest("dialog").close();
    if (event.target instanceof HTMLDialogElement) event.target.close();
    const asked = event.target.closest("button[data-ask]");
    if (asked && askToSend(asked)) event.preventDefault();
  });
  // Where a question numbers its answers, the figure presses one.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !/^[1-9]$/.test(event.key)) return;
    document.querySelector(`dialog[open] [data-digit="${event.key}"]`)?.click();
  });
}
