// All that follows the chosen product, by elapsed days, as a table beneath the heat map.
(function () {
  "use strict";
  const { data, words, share, count, choose } = okaeri;
  const detail = document.getElementById("next-detail");
  if (!detail || !data.next_product) return;

  function element(name, text, more) {
    const made = document.createElement(name);
    made.textContent = text;
    return Object.assign(made, more);
  }
  function cell(found, top) {
    const made = element("td", "", { className: "cell" });
    if (!found) return made;
    made.style.setProperty("--heat", String(Math.min(found.share / top, 1)));
    made.append(share(found.share), element("small", `×${found.lift.toFixed(1)} · n ${count(found.n)}`));
    made.title = `${words.interval} ${share(found.low)} – ${share(found.high)}`;
    return made;
  }
  function head(product) {
    const row = document.createElement("tr");
    const days = data.next_product.buckets.map(([first, last]) => (first === last ? first : `${first}–${last}`));
    for (const text of [words.next, words.whole, ...days]) row.append(element("th", text, { scope: "col" }));
    const made = document.createElement("thead");
    made.append(row);
    return made;
  }
  function show(place) {
    const product = data.next_product.products[place];
    const table = document.createElement("table"), body = document.createElement("tbody");
    const top = Math.max(...product.next.flatMap((row) => row.cells.map((found) => (found ? found.share : 0))), 1e-9);
    const whole = Math.max(...product.next.map((row) => (row.whole ? row.whole.share : 0)), 1e-9);
    for (const row of product.next) {
      const line = document.createElement("tr");
      line.append(element("th", row.name, { scope: "row" }), cell(row.whole, whole), ...row.cells.map((found) => cell(found, top)));
      body.append(line);
    }
    table.className = "grid heat next";
    table.append(element("caption", `${product.name} · n ${count(product.n)}`), head(product), body);
    const scroll = document.createElement("div");
    Object.assign(scroll, { className: "scroll", tabIndex: 0 });
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", product.name);
    scroll.append(table);
    detail.replaceChildren(scroll);
  }
  choose("[data-next-level]", (button) => {
    for (const map of document.querySelectorAll("[data-next-map]")) map.hidden = map.dataset.nextMap !== button.dataset.nextLevel;
    detail.hidden = button.dataset.nextLevel !== "product";
  });
  choose("[data-next-product]", (button) => show(Number(button.dataset.nextProduct)));
  document.querySelector("[data-next-product]").setAttribute("aria-pressed", "true");
  show(0);
})();
