// Finds settings by any word of their meaning or name.
(function () {
  "use strict";
  const box = document.getElementById("find-setting");
  if (!box) return;
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  box.addEventListener("input", () => {
    const wanted = plain(box.value).split(/\s+/).filter(Boolean);
    for (const group of document.querySelectorAll(".setting-group")) {
      let found = 0;
      for (const setting of group.querySelectorAll(".setting")) {
        const text = plain(setting.textContent);
        setting.hidden = !wanted.every((word) => text.includes(word));
        found += setting.hidden ? 0 : 1;
      }
      group.hidden = found === 0;
    }
  });
})();
