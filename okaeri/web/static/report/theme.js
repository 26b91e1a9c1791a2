// Day or night: the system's, unless the reader chose. Runs before anything is drawn.
(function () {
  "use strict";
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = "auto";
  function apply() {
    const theme = chosen === "auto" ? (system.matches ? "dark" : "light") : chosen;
    document.documentElement.dataset.theme = theme;
    dispatchEvent(new CustomEvent("themechange"));
  }
  window.okaeriTheme = {
    choose(theme) { chosen = theme; apply(); },
  };
  system.addEventListener("change", apply);
  apply();
})();
