// A file dropped on the form, or chosen, is sent at once.
(function () {
  "use strict";
  for (const form of document.querySelectorAll("form[data-drop]")) {
    const input = form.querySelector("input[type=file]"), busy = form.querySelector(".drop-busy");
    const send = () => {
      if (!input.files.length || form.classList.contains("sent")) return;
      form.classList.add("sent");
      busy.hidden = false;
      form.submit();
    };
    input.addEventListener("change", send);
    for (const name of ["dragenter", "dragover"]) form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
    for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      send();
    });
    // Back from the next page: the form may be used again.
    addEventListener("pageshow", () => { form.classList.remove("sent"); busy.hidden = true; });
  }
})();
