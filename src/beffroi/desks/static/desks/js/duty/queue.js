// The queue: each row takes its place without moving what is under the pointer.
import { tickNow } from "../clocks.js";

const KEPT_CLOSED = 20;

export class Queue {
  #root;
  #late = false; // a change of order waits until the pointer leaves

  constructor(root) {
    this.#root = root;
    root.addEventListener("pointerleave", () => this.#settle());
    this.#count();
  }

  rows() {
    return [...this.#root.querySelectorAll(".row")];
  }

  row(id) {
    return this.#root.querySelector(`#row-${CSS.escape(id)}`);
  }

  // A changed incident: { id, group, order, position, html }
  take(change) {
    const old = this.row(change.id);
    if (old && Number(old.dataset.position) > change.position) return;
    const holder = document.createElement("template");
    holder.innerHTML = change.html;
    const fresh = holder.content.querySelector(".row");
    if (old?.hasAttribute("aria-current")) fresh.setAttribute("aria-current", "true");
    const focused = old && document.activeElement === old;
    const stays = old && old.dataset.group === fresh.dataset.group && old.dataset.order === fresh.dataset.order;
    if (old) old.replaceWith(fresh);
    window.htmx?.process(fresh);
    if (!old) this.#place(fresh);
    else if (!stays) {
      if (this.#root.matches(":hover")) this.#late = true;
      else this.#place(fresh);
    }
    if (focused) fresh.focus();
    this.#count();
    tickNow(fresh.parentElement);
  }

  mark(id) {
    for (const row of this.rows()) row.toggleAttribute("aria-current", false);
    this.row(id)?.setAttribute("aria-current", "true");
  }

  // The row after (or before) the one in hand.
  neighbour(id, step) {
    const rows = this.rows();
    const at = rows.findIndex((row) => row.dataset.id === id);
    return rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))] ?? null;
  }

  #place(row) {
    const rows = this.#root.querySelector(`.queue-group[data-group="${row.dataset.group}"] .rows`);
    const order = Number(row.dataset.order);
    const after = [...rows.children].find((each) => each !== row && Number(each.dataset.order) > order);
    rows.insertBefore(row, after ?? null);
    if (row.dataset.group === "closed") [...rows.children].slice(KEPT_CLOSED).forEach((each) => each.remove());
  }

  #settle() {
    if (!this.#late) return;
    this.#late = false;
    for (const row of this.rows()) this.#place(row);
    this.#count();
  }

  #count() {
    for (const group of this.#root.querySelectorAll(".queue-group")) {
      const size = group.querySelectorAll(".row").length;
      group.querySelector(".count").textContent = size;
      group.toggleAttribute("data-empty", size === 0);
    }
    const waiting = this.#root.querySelectorAll('[data-group="decide"] .row').length;
    document.querySelector(".brand").classList.toggle("lit", waiting > 0);
    const dot = document.querySelector(".tabs .dot");
    dot.textContent = waiting;
    dot.hidden = waiting === 0;
    document.title = document.title.replace(/^(\(\d+\) )?/, waiting ? `(${waiting}) ` : "");
  }
}
