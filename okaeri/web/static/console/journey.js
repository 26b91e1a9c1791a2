// A persona's emotion curve; a step leads to its voices.
(function () {
  "use strict";
  const { words, draw, axis, tooltip, band, colour, share, count, escaped } = okaeri;
  const holder = document.getElementById("journey-drawn");
  if (!holder) return;
  const steps = JSON.parse(holder.textContent), two = (value) => value.toFixed(2).replace("-", "−");
  // A curve that is nearly flat is drawn so: the axis spans a fifth of a standard deviation at least.
  const low = Math.min(...steps.map((step) => step.low_80)), high = Math.max(...steps.map((step) => step.high_80));
  const wider = Math.max(0.2 - (high - low), 0.1 * (high - low)) / 2;

  function told(points) {
    const step = steps[points[0].dataIndex];
    return `<b>${escaped(step.label)}</b><div>${two(step.emotion)} (${two(step.low_80)} – ${two(step.high_80)})</div><div>${escaped(words.came_again)} ${share(step.repeat_chance)}</div><div>n ${count(step.n)}</div>`;
  }
  const chart = draw("chart-journey", () => ({
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    tooltip: tooltip({ formatter: told }),
    xAxis: axis({ type: "category", data: steps.map((step) => step.label), splitLine: { show: false }, axisLabel: { color: colour("soft"), fontSize: 11, interval: 0, rotate: innerWidth < 600 ? 60 : 0 } }),
    yAxis: axis({ type: "value", min: Math.floor((low - wider) * 20) / 20, max: Math.ceil((high + wider) * 20) / 20, axisLabel: { formatter: two, color: colour("soft"), fontSize: 11 } }),
    series: [
      ...stacked(steps),
      { type: "line", color: colour("s1"), symbolSize: 9, lineStyle: { width: 2 }, z: 3, cursor: "pointer", data: steps.map((step) => step.emotion) },
    ],
  }));
  function stacked(rows) { return band("journey", rows.map((step) => ({ x: step.label, low: step.low_80, high: step.high_80 })), colour("s1")); }
  if (chart) chart.instance.on("click", (event) => {
    const link = document.querySelectorAll("#journey tbody a")[event.dataIndex];
    if (link) location.href = link.href;
  });
})();
