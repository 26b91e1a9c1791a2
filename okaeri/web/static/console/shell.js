// The menu on a phone.
(function () {
  "use strict";
  const button = document.querySelector(".menu-button"), menu = document.getElementById("menu");
  if (button && menu) {
    button.addEventListener("click", () => {
      const open = menu.classList.toggle("open");
      button.setAttribute("aria-expanded", String(open));
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.classList.contains("open")) return;
      menu.classList.remove("open");
      button.setAttribute("aria-expanded", "false");
      button.focus();
    });
  }
})();
