// Day or night: the system's, unless the reader chose. Runs before anything is drawn.
(function () {
  "use strict";
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = "auto";
  // A page opened from a file may have no storage; then the choice lasts as long as the page.
  try { chosen = localStorage.getItem("okaeri-theme") || chosen; } catch (refused) { chosen = "auto"; }
  function apply() {
    const theme = chosen === "auto" ? (system.matches ? "dark" : "light") : chosen;
    document.documentElement.dataset.theme = theme;
    dispatchEvent(new CustomEvent("themechange"));
  }
  window.okaeriTheme = {
    chosen() { return chosen; },
    choose(theme) {
      chosen = theme;
      try { localStorage.setItem("okaeri-theme", theme); } catch (refused) { chosen = theme; }
      apply();
    },
  };
  system.addEventListener("change", apply);
  apply();
})();
