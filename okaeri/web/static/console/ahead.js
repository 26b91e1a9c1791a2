// Sales so far and expected, on one axis of days.
(function () {
  "use strict";
  const { data, words, draw, axis, tooltip, band, colour, money, escaped } = okaeri;
  if (!data.ahead || !data.ahead.ahead.length) return;
  const { past, ahead } = data.ahead;

  function told(points) {
    const day = points[0].data[0], before = past.find((row) => row.day === day), after = ahead.find((row) => row.day === day);
    if (before) return `<b>${escaped(before.month)}</b><div>${escaped(words.came)} ${money(before.whole)}</div>`;
    if (after) return `<b>${escaped(after.first)} – ${escaped(after.last)}</b><div>${money(after.revenue)}</div><div>${escaped(words.interval_80)} ${money(after.low)} – ${money(after.high)}</div>`;
    return "";
  }
  draw("chart-ahead", () => ({
    grid: { left: 8, right: 24, top: 12, bottom: 8, containLabel: true },
    tooltip: tooltip({ formatter: told }),
    xAxis: axis({ type: "time", splitLine: { show: false }, axisLabel: { formatter: "{yyyy}-{MM}", hideOverlap: true, color: colour("soft"), fontSize: 11 } }),
    yAxis: axis({ type: "value", min: 0, axisLabel: { formatter: money, color: colour("soft"), fontSize: 11 } }),
    series: [
      ...band("95", ahead.map((row) => ({ x: row.day, low: row.low_95, high: row.high_95 })), colour("s1"), 0.08),
      ...band("80", ahead.map((row) => ({ x: row.day, low: row.low, high: row.high })), colour("s1")),
      { type: "line", color: colour("s1"), symbol: "none", lineStyle: { width: 2 }, z: 3, data: past.map((row) => [row.day, row.revenue]) },
      { type: "line", color: colour("s1"), symbol: "none", lineStyle: { width: 2, type: [4, 4] }, z: 3, data: [...past.slice(-1), ...ahead].map((row) => [row.day, row.revenue]) },
    ],
  }));
})();
