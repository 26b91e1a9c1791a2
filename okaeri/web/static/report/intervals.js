// Share of orders followed by another, by week since.
(function () {
  "use strict";
  const { data, words, draw, axis, tooltip, colour, share, count, escaped } = okaeri;
  if (!data.ladder || !data.ladder.weeks.length) return;
  const weeks = data.ladder.weeks;

  function told(points) {
    const week = weeks[points[0].dataIndex];
    return `<b>${count(week.bucket_start)}–${count(week.bucket_end - 1)} ${escaped(words.days_apart)}</b><div>${escaped(words.came_again)} <b>${share(week.share_observable)}</b> (${share(week.low)} – ${share(week.high)})</div><div>n ${count(week.n_observable)}</div>`;
  }
  draw("chart-intervals", () => ({
    grid: { left: 8, right: 16, top: 20, bottom: 30, containLabel: true },
    tooltip: tooltip({ formatter: told, axisPointer: { type: "shadow" } }),
    xAxis: axis({ type: "category", data: weeks.map((week) => count(week.bucket_start)), name: words.days_apart, nameLocation: "middle", nameGap: 26, splitLine: { show: false } }),
    yAxis: axis({ type: "value", axisLabel: { formatter: share, color: colour("soft"), fontSize: 11 } }),
    series: [{ type: "bar", color: colour("s1"), barCategoryGap: "18%", data: weeks.map((week) => week.share_observable) }],
  }));
})();
