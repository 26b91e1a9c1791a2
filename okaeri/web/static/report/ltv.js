// The LTV curve: one line per segment with its band; dashed where too few are that old.
(function () {
  "use strict";
  const { data, words, draw, axis, tooltip, band, series, money, count, escaped, choose } = okaeri;
  if (!data.ltv) return;
  const split_by = document.getElementById("ltv-dimension");
  let dimension = split_by.value, value = "revenue";

  function shown() { return data.ltv.dimensions[dimension].filter((curve) => curve.value === value && curve.points.length); }
  function split(points) {
    const last = points.reduce((found, point, place) => (point.mature ? place : found), -1);
    return [points.slice(0, last + 1), points.slice(Math.max(last, 0))];
  }
  function lines(curve, place, curves) {
    const tint = series(place), [mature, young] = split(curve.points), crowded = curves.length > 2;
    const line = (points, more) => Object.assign({
      type: "line", name: curve.segment, symbol: "none", data: points.map((p) => [p.x, p.y]), z: 3, color: tint,
    }, more);
    return [
      ...band(curve.segment, curve.points, tint, crowded ? 0.07 : 0.14),
      line(mature, { lineStyle: { width: 2 } }),
      line(young, { lineStyle: { width: 1.6, type: [4, 4], opacity: 0.8 }, tooltip: { show: false } }),
    ];
  }
  function told(points) {
    const age = points[0].axisValue;
    const rows = shown().map((curve, place) => {
      const point = curve.points.find((p) => p.x === age);
      if (!point) return "";
      const mark = `<span style="color:${series(place)}">●</span>`;
      return `<div>${mark} ${escaped(curve.segment)} <b>${money(point.y)}</b> (${money(point.low)} – ${money(point.high)}) n ${count(point.n)}${point.mature ? "" : " · " + escaped(words.young)}</div>`;
    });
    return `<b>${count(age)} ${escaped(words.days)}</b>${rows.join("")}`;
  }
  function option() {
    const curves = shown();
    return {
      grid: { left: 8, right: 24, top: curves.length > 1 ? 44 : 28, bottom: 30, containLabel: true },
      legend: { show: curves.length > 1, top: 0, left: 0, type: "scroll", textStyle: { color: okaeri.colour("ink") }, icon: "roundRect", itemWidth: 14, itemHeight: 4, data: curves.map((curve) => curve.segment) },
      tooltip: tooltip({ formatter: told }),
      xAxis: axis({ type: "value", min: 0, max: data.ltv.longest, name: words.days, nameLocation: "middle", nameGap: 26, splitLine: { show: false }, interval: 90 }),
      yAxis: axis({ type: "value", axisLabel: { formatter: money, color: okaeri.colour("soft"), fontSize: 11 } }),
      series: curves.flatMap(lines),
    };
  }
  const chart = draw("chart-ltv", option);
  if (!chart) return;
  function update() {
    chart.redraw();
    for (const table of document.querySelectorAll("[data-ltv-table]")) table.hidden = table.dataset.ltvTable !== dimension;
    for (const row of document.querySelectorAll("[data-ltv-table]:not([data-ltv-table=all]) [data-ltv-row]")) row.hidden = row.dataset.ltvRow !== value;
  }
  split_by.addEventListener("change", (event) => { dimension = event.target.value; update(); });
  choose("[data-ltv-value]", (button) => { value = button.dataset.ltvValue; update(); });
})();
