// The chosen KPI by month, with its band; months whose customers are too young are hollow.
(function () {
  "use strict";
  const { data, words, draw, axis, tooltip, band, colour, figure, count, escaped, choose } = okaeri;
  if (!data.kpis) return;
  let name = Object.keys(data.kpis.kpis)[0];

  function told(points, kpi) {
    const row = kpi.months.find((month) => month.cohort === points[0].axisValue);
    if (!row) return "";
    const young = row.is_mature ? "" : `<div>${escaped(words.young)}</div>`;
    return `<b>${escaped(row.cohort)}</b><div>${escaped(kpi.label)} <b>${figure(row.value, kpi.unit)}</b></div><div>${escaped(words.interval)} ${figure(row.low, kpi.unit)} – ${figure(row.high, kpi.unit)}</div><div>n ${count(row.n)}</div>${young}`;
  }
  function lines(months, tint) {
    const last = months.reduce((found, row, place) => (row.is_mature && row.value !== null ? place : found), -1);
    const line = (rows, more) => Object.assign({
      type: "line", symbol: "circle", symbolSize: 5, z: 3, data: rows.map((row) => [row.cohort, row.value]),
    }, more);
    const hollow = { color: colour("sheet"), borderColor: colour("faint"), borderWidth: 1.5 };
    return [
      line(months.slice(Math.max(last, 0)), { itemStyle: hollow, lineStyle: { color: colour("faint"), type: [3, 4], width: 1.5 } }),
      line(months.slice(0, last + 1), { color: tint, lineStyle: { width: 2 } }),
    ];
  }
  function option() {
    const kpi = data.kpis.kpis[name], tint = colour("s1");
    const points = kpi.months.map((row) => ({ x: row.cohort, low: row.low, high: row.high }));
    return {
      grid: { left: 8, right: 16, top: 20, bottom: 8, containLabel: true },
      tooltip: tooltip({ formatter: (points) => told(points, kpi) }),
      xAxis: axis({ type: "category", boundaryGap: false, data: kpi.months.map((row) => row.cohort), splitLine: { show: false } }),
      yAxis: axis({ type: "value", min: 0, axisLabel: { formatter: (value) => figure(value, kpi.unit), color: colour("soft"), fontSize: 11 } }),
      series: [...band(name, points, tint), ...lines(kpi.months, tint)],
    };
  }
  const chart = draw("chart-kpis", option);
  choose("[data-kpi]", (button) => {
    name = button.dataset.kpi;
    chart.redraw();
    for (const table of document.querySelectorAll("[data-kpi-table]")) table.hidden = table.dataset.kpiTable !== name;
  });
})();
