// The form that edits a rule: an answer that knows less than what has been typed meanwhile is not shown.
(function () {
  "use strict";
  const told = (fields) => [...fields.entries()].filter(([name]) => name !== "act" && name !== "csrfmiddlewaretoken")
    .map((field) => field.join("=")).sort().join("&");
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const form = document.getElementById("builder"), asked = event.detail.requestConfig.formData;
    if (!form || event.detail.target.id !== "builder-whole" || asked.has("act")) return;
    if (told(asked) !== told(new FormData(form))) event.detail.shouldSwap = false;
  });
})();
