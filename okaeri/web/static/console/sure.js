// Asks before what cannot be taken back by a click.
(function () {
  "use strict";
  document.addEventListener("submit", (event) => {
    const sure = event.submitter && event.submitter.dataset.sure;
    if (sure && !confirm(sure)) event.preventDefault();
  });
})();
