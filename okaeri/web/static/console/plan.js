// The plan: sliders and numbers move together, charts follow what the server works out.
(function () {
  "use strict";
  const { data, words, draw, axis, tooltip, band, colour, money, escaped } = okaeri;
  if (!data.plan) return;

  for (const slider of document.querySelectorAll("[data-slider]")) {
    const number = slider.querySelector("input[type=number]"), range = slider.querySelector("input[type=range]");
    range.addEventListener("input", () => { number.value = range.value; });
    number.addEventListener("input", () => { range.value = number.value; });
  }

  function lines(months, rows) {
    return {
      grid: { left: 8, right: 16, top: 30, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: colour("ink") }, icon: "roundRect", itemWidth: 14, itemHeight: 4, data: rows.map((row) => row.name) },
      xAxis: axis({ type: "category", boundaryGap: false, data: months.map((month) => month.month), splitLine: { show: false } }),
      yAxis: axis({ type: "value", min: 0, axisLabel: { formatter: money, color: colour("soft"), fontSize: 11 } }),
      tooltip: tooltip({ formatter: (points) => told(months[points[0].dataIndex], rows) }),
      series: [
        ...band("plan", months.map((month) => ({ x: month.month, low: month.low, high: month.high })), colour("s1")),
        ...rows.map((row) => ({ type: "line", name: row.name, color: colour(row.tint), symbolSize: 6, z: 3, lineStyle: { width: 2, type: row.dashed ? [4, 4] : "solid" }, symbol: row.dashed ? "none" : "circle", data: months.map((month) => [month.month, month[row.key]]) })),
      ],
    };
  }
  function told(month, rows) {
    const figures = rows.map((row) => `<div>${escaped(row.name)} <b>${money(month[row.key])}</b></div>`);
    return `<b>${escaped(month.month)}</b>${figures.join("")}<div>${escaped(words.interval_80)} ${money(month.low)} – ${money(month.high)}</div>`;
  }

  let months = data.plan.months;
  const chart = draw("chart-plan", () => lines(months, [
    { name: words.with_targets, key: "revenue", tint: "s1" }, { name: words.without_targets, key: "now", tint: "s2", dashed: true },
  ]));
  if (data.plan.held.length) {
    draw("chart-held", () => lines(data.plan.held, [
      { name: words.planned, key: "planned", tint: "s1", dashed: true }, { name: words.came, key: "came", tint: "s2" },
    ]));
  }
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const drawn = document.getElementById("plan-drawn");
    if (event.detail.target.id !== "outlook" || !drawn || !chart) return;
    months = JSON.parse(drawn.textContent);
    chart.redraw();
  });
})();
