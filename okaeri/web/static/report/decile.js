// Revenue by decile, and added up.
(function () {
  "use strict";
  const { data, words, draw, axis, tooltip, colour, share, money, escaped } = okaeri;
  if (!data.status || !data.status.deciles.length) return;
  const rows = data.status.deciles;

  function told(points) {
    const row = rows[points[0].dataIndex];
    return `<b>${escaped(words.decile)} ${row.decile}</b><div>${escaped(words.revenue_share)} <b>${share(row.revenue_share)}</b></div><div>${escaped(words.cumulative)} ${share(row.cumulative_share)}</div><div>${money(row.revenue)}</div>`;
  }
  // In the console the table beneath the bars leads to the customers of each decile; so do the bars.
  const ways = document.querySelectorAll("#status details tbody td a");
  const chart = draw("chart-deciles", () => ({
    grid: { left: 8, right: 16, top: 34, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: colour("ink") }, itemWidth: 14, itemHeight: 8, data: [words.revenue_share, words.cumulative] },
    tooltip: tooltip({ formatter: told, axisPointer: { type: "shadow" } }),
    xAxis: axis({ type: "category", data: rows.map((row) => String(row.decile)), splitLine: { show: false } }),
    yAxis: axis({ type: "value", max: 1, axisLabel: { formatter: share, color: colour("soft"), fontSize: 11 } }),
    series: [
      { type: "bar", name: words.revenue_share, color: colour("s1"), barCategoryGap: "30%", data: rows.map((row) => row.revenue_share) },
      { type: "line", name: words.cumulative, color: colour("s2"), symbol: "circle", symbolSize: 5, data: rows.map((row) => row.cumulative_share) },
    ],
  }));
  if (chart && ways.length === rows.length) {
    chart.instance.on("click", (event) => location.assign(ways[event.dataIndex].href));
  }
})();
