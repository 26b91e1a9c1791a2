// Share of products left in carts, by week, with its band.
(function () {
  "use strict";
  const { data, words, draw, axis, tooltip, band, colour, share, count, money, escaped } = okaeri;
  if (!data.carts || !data.carts.weeks.length) return;
  const weeks = data.carts.weeks;

  function told(points) {
    const week = weeks[points[0].dataIndex];
    return `<b>${escaped(week.segment)}</b><div>${escaped(words.left)} <b>${share(week.abandonment_rate)}</b> (${share(week.low)} – ${share(week.high)})</div><div>${money(week.value_abandoned)}</div><div>n ${count(week.n)}</div>`;
  }
  draw("chart-carts", () => ({
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    tooltip: tooltip({ formatter: told }),
    xAxis: axis({ type: "category", boundaryGap: false, data: weeks.map((week) => week.segment), splitLine: { show: false } }),
    yAxis: axis({ type: "value", min: 0, max: 1, axisLabel: { formatter: share, color: colour("soft"), fontSize: 11 } }),
    series: [
      ...band("carts", weeks.map((week) => ({ x: week.segment, low: week.low, high: week.high })), colour("s1")),
      { type: "line", color: colour("s1"), lineStyle: { width: 2 }, symbol: "none", z: 3, data: weeks.map((week) => [week.segment, week.abandonment_rate]) },
    ],
  }));
})();
