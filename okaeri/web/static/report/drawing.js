// What all charts share: the page's data, its colours, its numbers, and drawing anew when the theme or width changes.
window.okaeri = (function () {
  "use strict";
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const words = data.words;
  const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

  function count(value) { return value === null || value === undefined ? "–" : grouped.format(value).replace("-", "−"); }
  function share(value) { return value === null || value === undefined ? "–" : short.format(value * 100).replace("-", "−") + "%"; }
  function money(value) {
    if (value === null || value === undefined) return "–";
    const text = count(value);
    if (data.currency !== "JPY") return data.currency + " " + text;
    if (data.language === "ja") return text + "円";
    return text.startsWith("−") ? "−¥" + text.slice(1) : "¥" + text;
  }
  function figure(value, unit) { return unit === "money" ? money(value) : share(value); }

  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim(); }
  function series(place) { return colour("s" + (place % 6 + 1)); }
  function escaped(text) {
    const holder = document.createElement("span");
    holder.textContent = text;
    return holder.innerHTML;
  }

  const charts = [];
  function draw(id, option) {
    const element = document.getElementById(id);
    if (!element) return null;
    const chart = { instance: echarts.init(element, null, { renderer: "svg" }), option };
    chart.redraw = () => chart.instance.setOption(dressed(chart.option()), true);
    charts.push(chart);
    chart.redraw();
    new ResizeObserver(() => chart.instance.resize({ animation: { duration: 0 } })).observe(element);
    return chart;
  }
  function dressed(option) {
    const font = getComputedStyle(document.body).fontFamily;
    return Object.assign({ animation: false, textStyle: { fontFamily: font, color: colour("soft") } }, option);
  }
  function axis(more) {
    return Object.assign({
      axisLine: { lineStyle: { color: colour("line-strong") } }, axisTick: { show: false },
      axisLabel: { color: colour("soft"), fontSize: 11 }, splitLine: { lineStyle: { color: colour("line") } },
      nameTextStyle: { color: colour("soft"), fontSize: 11 },
    }, more);
  }
  function tooltip(more) {
    return Object.assign({
      trigger: "axis", backgroundColor: colour("sheet"), borderColor: colour("line-strong"), confine: true,
      textStyle: { color: colour("ink"), fontSize: 12 }, axisPointer: { lineStyle: { color: colour("line-strong") } },
    }, more);
  }
  // Two stacked lines that together fill the interval: an unseen lower one, and its distance to the upper.
  function band(name, points, tint, opacity = 0.14) {
    const shared = { type: "line", stack: "band " + name, symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false }, z: 1 };
    return [
      Object.assign({ data: points.map((p) => [p.x, p.low]), stackStrategy: "all" }, shared),
      Object.assign({ data: points.map((p) => [p.x, p.high === null ? null : p.high - p.low]), areaStyle: { color: tint, opacity }, stackStrategy: "all" }, shared),
    ];
  }
  // Buttons of one group: exactly one is pressed.
  function choose(selector, act) {
    const buttons = Array.from(document.querySelectorAll(selector));
    for (const button of buttons) {
      button.addEventListener("click", () => {
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
        act(button);
      });
    }
  }
  addEventListener("themechange", () => charts.forEach((chart) => chart.redraw()));
  return { data, words, count, share, money, figure, colour, series, escaped, draw, axis, tooltip, band, choose };
})();
