// Definitions on hover and focus, the choices that only change what a table shows, theme, and where one is.
(function () {
  "use strict";
  const { choose } = okaeri;
  const tip = document.getElementById("tip");

  function place(term) {
    tip.textContent = document.getElementById(term.getAttribute("aria-describedby")).textContent;
    tip.hidden = false;
    const at = term.getBoundingClientRect(), size = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left), innerWidth - size.width - 8);
    const above = at.top - size.height - 6;
    tip.style.left = left + "px";
    tip.style.top = (above > 8 ? above : at.bottom + 6) + "px";
  }
  function hide() { tip.hidden = true; }
  for (const term of document.querySelectorAll(".term")) {
    term.addEventListener("mouseenter", () => place(term));
    term.addEventListener("focus", () => place(term));
    term.addEventListener("mouseleave", hide);
    term.addEventListener("blur", hide);
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  addEventListener("scroll", hide, { passive: true });

  function views(attribute, table) {
    choose(`[data-${attribute}]`, (button) => {
      for (const one of document.querySelectorAll(table)) one.dataset.view = button.getAttribute(`data-${attribute}`);
    });
  }
  views("cohort-view", ".cohorts");
  views("rfm-view", ".rfm");
  views("next-view", ".next");
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === okaeriTheme.chosen()));
  }
  choose("[data-theme-choice]", (button) => okaeriTheme.choose(button.dataset.themeChoice));

  const links = new Map(Array.from(document.querySelectorAll(".contents a"), (link) => [link.hash.slice(1), link]));
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const [name, link] of links) {
        if (name === entry.target.id) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const section of document.querySelectorAll("main > section")) watcher.observe(section);
})();
