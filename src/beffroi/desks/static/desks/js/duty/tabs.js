// On a narrow screen, one view at a time: #file, #carte, #fiche, #journal.
const VIEWS = ["file", "carte", "fiche", "journal"];

export function startTabs() {
  const show = () => {
    const asked = location.hash.slice(1);
    const view = VIEWS.includes(asked) ? asked : document.body.dataset.view || "file";
    document.body.dataset.view = view;
    for (const link of document.querySelectorAll(".tabs a")) {
      if (link.hash === `#${view}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    document.dispatchEvent(new CustomEvent("view:shown", { detail: view }));
  };
  addEventListener("hashchange", show);
  show();
}
