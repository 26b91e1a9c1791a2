// One's own feelings by step over the measured curve; moving a slider counts its step.
(function () {
  "use strict";
  const { data, words, draw, axis, tooltip, band, colour, escaped } = okaeri;
  for (const row of document.querySelectorAll("tr[data-slider]")) {
    const range = row.querySelector("input[type=range]"), felt = row.querySelector("input[type=checkbox]"), out = row.querySelector("output");
    range.addEventListener("input", () => { felt.checked = true; out.textContent = Number(range.value).toFixed(1).replace("-", "−"); });
  }
  if (!data.sketch) return;
  const steps = data.sketch.steps, two = (value) => value === null || value === undefined ? "–" : value.toFixed(2).replace("-", "−");

  function told(points) {
    const step = steps[points[0].dataIndex];
    return `<b>${escaped(step.label)}</b><div>${escaped(words.sketched)} ${two(step.own)}</div><div>${escaped(words.measured)} ${two(step.emotion)} (${two(step.low_80)} – ${two(step.high_80)})</div>`;
  }
  draw("chart-sketch", () => ({
    grid: { left: 8, right: 16, top: 30, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: colour("ink") }, icon: "roundRect", itemWidth: 14, itemHeight: 4, data: [words.sketched, words.measured] },
    tooltip: tooltip({ formatter: told }),
    xAxis: axis({ type: "category", data: steps.map((step) => step.label), splitLine: { show: false }, axisLabel: { color: colour("soft"), fontSize: 11, interval: 0, rotate: innerWidth < 600 ? 60 : 0 } }),
    yAxis: axis({ type: "value", min: -1, max: 1, axisLabel: { color: colour("soft"), fontSize: 11 } }),
    series: [
      ...band("sketch", steps.map((step) => ({ x: step.label, low: step.low_80, high: step.high_80 })), colour("s1")),
      { type: "line", name: words.measured, color: colour("s1"), symbolSize: 6, connectNulls: true, lineStyle: { width: 2 }, z: 3, data: steps.map((step) => step.emotion) },
      { type: "line", name: words.sketched, color: colour("s2"), symbolSize: 8, connectNulls: true, lineStyle: { width: 2, type: [4, 4] }, z: 4, data: steps.map((step) => step.own) },
    ],
  }));
})();
