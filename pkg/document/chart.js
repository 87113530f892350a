// Draws a panel of a figure: makes an ECharts option of the description that
// pkg/chart makes. All names are put into the page as text, never as HTML.
"use strict";
const draw = (() => {
  const THIN = "\u202f";
  const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
  const FONT = "system-ui,-apple-system,Segoe UI,Roboto,Arial,sans-serif";

  // As story.Number does it.
  function number(v) {
    const size = Math.abs(v);
    if (size >= 99.95) return Math.round(v).toString().replace(/\B(?=(\d{3})+$)/g, THIN);
    if (size >= 9.995) return v.toFixed(1);
    if (size >= 0.01) return v.toFixed(2);
    return size === 0 ? "0" : v.toFixed(1 - Math.floor(Math.log10(size)));
  }

  // Ticks are round, so that they need no more digits than they have.
  function tick(v) {
    const text = Math.abs(v) < 1e-9 ? "0" : parseFloat(v.toPrecision(6)).toString();
    return text.replace(/^(-?\d+)/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, THIN));
  }

  const withUnit = (v, axis) => number(v) + (axis.unit ? THIN + axis.unit : "");
  const isPercentile = (name) => /^p(50|90|95|99|99[._]9)$/i.test(name || "");

  // kept says whether a curve or category stands while one percentile is chosen:
  // what is no percentile does, and so does all of a panel that lacks it.
  function kept(names, chosen) {
    const has = chosen && names.some((n) => (n || "").toLowerCase() === chosen);
    return (name) => !has || !isPercentile(name) || name.toLowerCase() === chosen;
  }

  const labelOf = (axis) => axis.label && axis.unit ? axis.label + ", " + axis.unit : axis.label || axis.unit || "";

  // caption says what the axes are, and nothing that the title says already.
  function caption(panel) {
    if (panel.spokes && panel.spokes.length) return "";
    const y = panel.y.label === panel.title ? panel.y.unit || "" : labelOf(panel.y);
    const x = panel.lines && panel.lines.length ? labelOf(panel.x) : "";
    return y && x ? y + " over " + x : y || (x && "over " + x);
  }

  function axisStyle(look) {
    return {
      axisLine: { lineStyle: { color: look.ink2 } }, axisTick: { lineStyle: { color: look.ink2 } },
      axisLabel: { color: look.ink2, fontFamily: FONT, fontSize: 11, hideOverlap: true },
      splitLine: { lineStyle: { color: look.rule } },
      nameTextStyle: { color: look.ink2, fontFamily: FONT, fontSize: 11 },
    };
  }

  function numberAxis(axis, look, more) {
    const base = Object.assign(axisStyle(look), { type: axis.log ? "log" : "value" }, more);
    base.axisLabel = Object.assign({}, base.axisLabel, { formatter: tick });
    if (axis.log) base.minorSplitLine = { show: false };
    return base;
  }

  // reach is an axis that holds all values, marks and intervals too: from 0, or
  // from the decade below the least on a logarithmic one.
  function reach(values, log) {
    const fit = values.filter((v) => Number.isFinite(v) && (!log || v > 0));
    if (!fit.length) return {};
    const low = fit.reduce((a, b) => Math.min(a, b)), high = fit.reduce((a, b) => Math.max(a, b));
    if (log) return { min: 10 ** Math.floor(Math.log10(low)), max: niceLog(high) };
    return low >= 0 ? { min: 0 } : {};
  }

  function niceLog(high) {
    const decade = 10 ** Math.floor(Math.log10(high));
    return [1, 2, 5, 10].map((m) => m * decade).find((m) => m >= high * 1.05) || decade * 20;
  }

  // A row of the tooltip; el.textContent keeps hostile names text.
  function tip(title, rows) {
    const box = document.createElement("div");
    box.className = "tip";
    const head = document.createElement("p");
    head.textContent = title;
    box.append(head);
    for (const [name, value] of rows) {
      const line = document.createElement("div"), n = document.createElement("span"), v = document.createElement("b");
      n.textContent = name;
      v.textContent = value;
      line.append(n, v);
      box.append(line);
    }
    return box;
  }

  function common(look) {
    return {
      animation: false,
      textStyle: { fontFamily: FONT },
      grid: { left: 8, right: 26, top: 30, bottom: 8, containLabel: true, outerBoundsMode: "same" },
      tooltip: {
        confine: true, backgroundColor: look.paper, borderColor: look.rule, borderWidth: 1, padding: [8, 10],
        textStyle: { color: look.ink, fontFamily: FONT, fontSize: 12 }, extraCssText: "box-shadow:0 2px 8px rgba(0,0,0,.18)",
      },
    };
  }

  // marks are horizontal lines; points that nobody sees hold them inside the axis.
  function marks(panel, look, x) {
    return {
      type: "line", data: (panel.marks || []).map((m) => [x, m.y]), silent: true, z: 5,
      showSymbol: false, symbol: "none", lineStyle: { opacity: 0 },
      markLine: {
        silent: true, symbol: "none", animation: false,
        lineStyle: { color: look.ink2, type: [4, 3], width: 1 },
        label: { position: "insideStartTop", color: look.ink, fontFamily: FONT, fontSize: 11, formatter: (p) => p.name, textBorderColor: look.paper, textBorderWidth: 3 },
        data: (panel.marks || []).map((m) => ({ yAxis: m.y, name: m.label })),
      },
    };
  }

  // columns lays out boxes or bars: over their own name where the categories are
  // the engines, side by side where they are something else.
  function columns(items, panel, state) {
    const shown = items.filter((i) => state.engines.has(i.engine));
    const keep = kept(shown.map((i) => i.category), state.percentile);
    const left = shown.filter((i) => keep(i.category) && !state.hidden.has(i.category));
    const own = items.every((i) => i.category === i.engine);
    const present = new Set(left.map((i) => i.category));
    const categories = (panel.x.categories || []).filter((c) => present.has(c));
    for (const c of present) if (!categories.includes(c)) categories.push(c);
    const engines = state.order.filter((e) => left.some((i) => i.engine === e));
    return { items: left, own, categories, engines };
  }

  function slot(cols, item, api) {
    const n = cols.own ? 1 : cols.engines.length;
    const layout = api.barLayout({ barMaxWidth: 56, barGap: "18%", barCategoryGap: "34%", count: n });
    return layout[cols.own ? 0 : cols.engines.indexOf(item.engine)];
  }

  function whisker(x, half, low, high, color) {
    const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: color, lineWidth: 1.5 } });
    return [line(x, low, x, high), line(x - half, low, x + half, low), line(x - half, high, x + half, high)];
  }

  const rectangle = (x, y, w, h, style) => ({ type: "rect", shape: { x, y: h < 0 ? y + h : y, width: w, height: Math.abs(h) }, style });

  function barShape(bar, cols, panel, look, state, base) {
    return (params, api) => {
      const at = cols.categories.indexOf(bar.category), place = slot(cols, bar, api);
      const x = api.coord([at, bar.value])[0] + place.offsetCenter;
      const top = api.coord([at, bar.value])[1], floor = api.coord([at, base])[1];
      const children = [rectangle(x - place.width / 2, top, place.width, floor - top, { fill: state.colours[bar.engine] })];
      if (bar.ci) {
        const low = api.coord([at, Math.max(bar.ci[0], base)])[1], high = api.coord([at, bar.ci[1]])[1];
        children.push(...whisker(x, Math.min(6, place.width / 4), low, high, look.ink));
      }
      return { type: "group", children };
    };
  }

  function boxShape(box, cols, look, state) {
    return (params, api) => {
      const at = cols.categories.indexOf(box.category), place = slot(cols, box, api);
      const y = (v) => api.coord([at, v])[1], x = api.coord([at, box.median])[0] + place.offsetCenter;
      const w = place.width, color = state.colours[box.engine];
      const line = (x1, y1, x2, y2, width, stroke) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth: width } });
      const children = [
        line(x, y(box.low), x, y(box.q1), 1.5, color), line(x, y(box.q3), x, y(box.high), 1.5, color),
        line(x - w / 5, y(box.low), x + w / 5, y(box.low), 1.5, color), line(x - w / 5, y(box.high), x + w / 5, y(box.high), 1.5, color),
        rectangle(x - w / 2, y(box.q3), w, y(box.q1) - y(box.q3), { fill: color, fillOpacity: 0.22, stroke: color, lineWidth: 1.5 }),
        line(x - w / 2, y(box.median), x + w / 2, y(box.median), 2.5, color),
      ];
      if (box.median_ci) children.push(...whisker(x, 4, y(box.median_ci[0]), y(box.median_ci[1]), look.ink));
      for (const v of box.outliers || []) {
        children.push({ type: "circle", shape: { cx: x, cy: y(v), r: 2.5 }, style: { fill: "none", stroke: color, lineWidth: 1.2 } });
      }
      return { type: "group", children };
    };
  }

  // label writes a number above its bar or beside its box, over everything else. A
  // median without an interval is of a sample that is too small to say one.
  function label(item, cols, look, boxes) {
    return (params, api) => {
      const at = cols.categories.indexOf(item.category), place = slot(cols, item, api), v = boxes ? item.median : item.value;
      const [center, y] = api.coord([at, v]), x = center + place.offsetCenter;
      if (place.width < 22 || (boxes && !item.median_ci)) return null;
      const high = !boxes && item.ci ? Math.min(y, api.coord([at, item.ci[1]])[1]) : y;
      const where = boxes ? { x: x + place.width / 2 + 5, y, align: "left", verticalAlign: "middle" } : { x, y: high - 4, align: "center", verticalAlign: "bottom" };
      const paint = { text: number(v), fill: look.ink, stroke: look.paper, lineWidth: 3, font: "11px " + FONT };
      return { type: "group", children: [{ type: "text", style: Object.assign(paint, where) }] };
    };
  }

  function columnOption(panel, look, state, boxes) {
    const cols = columns(boxes ? panel.boxes : panel.bars, panel, state);
    if (!cols.items.length) return null;
    const values = cols.items.flatMap((i) => columnValues(i, boxes)).concat((panel.marks || []).map((m) => m.y));
    const range = reach(values, panel.y.log);
    const base = panel.y.log ? range.min : 0;
    const option = common(look);
    option.xAxis = Object.assign(axisStyle(look), { type: "category", data: cols.categories, splitLine: { show: false }, axisTick: { show: false } });
    option.xAxis.axisLabel = Object.assign({}, option.xAxis.axisLabel, { hideOverlap: false, interval: 0, width: 90, overflow: "truncate" });
    option.yAxis = numberAxis(panel.y, look, Object.assign({ axisLine: { show: false }, axisTick: { show: false } }, range));
    option.tooltip.trigger = "item";
    option.series = cols.items.map((item) => ({
      type: "custom", name: item.engine, clip: true,
      renderItem: boxes ? boxShape(item, cols, look, state) : barShape(item, cols, panel, look, state, base),
      data: [[cols.categories.indexOf(item.category), ...columnValues(item, boxes)]],
      encode: { x: 0, y: columnValues(item, boxes).map((_, i) => i + 1) },
      tooltip: { formatter: () => boxes ? boxTip(item, panel) : barTip(item, panel) },
    }));
    option.series.push(marks(panel, look, 0));
    option.series.push(...cols.items.map((item) => ({
      type: "custom", name: item.engine, silent: true, clip: false, z: 10, tooltip: { show: false },
      renderItem: label(item, cols, look, boxes), data: [[cols.categories.indexOf(item.category), boxes ? item.median : item.value]],
    })));
    return option;
  }

  function columnValues(item, boxes) {
    if (!boxes) return [item.value, ...(item.ci || [])];
    const ends = (item.outliers || []).concat(item.median_ci || []);
    return [Math.min(item.low, ...ends), item.q1, item.median, item.q3, Math.max(item.high, ...ends)];
  }

  const titled = (item) => item.category === item.engine ? item.engine : item.engine + ", " + item.category;

  function barTip(bar, panel) {
    const rows = [[panel.y.label || "value", withUnit(bar.value, panel.y)]];
    if (bar.ci) rows.push(["interval", number(bar.ci[0]) + " – " + number(bar.ci[1])]);
    return tip(titled(bar), rows);
  }

  function boxTip(box, panel) {
    const rows = [["high whisker", box.high], ["Q3", box.q3], ["median", box.median], ["Q1", box.q1], ["low whisker", box.low]].map(([n, v]) => [n, withUnit(v, panel.y)]);
    if (box.median_ci) rows.push(["median’s interval", number(box.median_ci[0]) + " – " + number(box.median_ci[1])]);
    rows.push(["N", number(box.n)]);
    if (box.outliers) rows.push(["beyond whiskers", String(box.outliers.length)]);
    return tip(titled(box), rows);
  }

  function lineOption(panel, look, state) {
    const shown = panel.lines.filter((l) => state.engines.has(l.engine));
    const keep = kept(shown.map((l) => l.name), state.percentile);
    const lines = shown.filter((l) => keep(l.name) && l.points && l.points.length);
    if (!lines.length) return null;
    const names = new Set(lines.map((l) => l.name || ""));
    const option = common(look);
    const ys = lines.flatMap((l) => l.points.map((p) => p[1])).concat((panel.marks || []).map((m) => m.y));
    const xs = lines.flatMap((l) => l.points.map((p) => p[0]));
    option.xAxis = numberAxis(panel.x, look, Object.assign({ splitLine: { show: false } }, panel.x.log ? reach(xs, true) : { scale: true, min: begin(xs), max: "dataMax" }));
    option.yAxis = numberAxis(panel.y, look, Object.assign({ axisLine: { show: false }, axisTick: { show: false } }, reach(ys, panel.y.log)));
    if (lines.every((l) => l.step) && panel.y.unit === "%") option.yAxis.max = 100;
    option.grid.right = names.size > 1 ? 40 : 18;
    option.tooltip.trigger = "axis";
    option.tooltip.formatter = (points) => lineTip(points, lines, panel);
    option.dataZoom = [{ type: "inside", xAxisIndex: 0, filterMode: "none", zoomOnMouseWheel: "shift", moveOnMouseWheel: false, moveOnMouseMove: "shift", preventDefaultMouseMove: false }];
    option.toolbox = { itemSize: 0, showTitle: false, feature: { dataZoom: { yAxisIndex: "none", filterMode: "none", brushStyle: { color: look.ink2, opacity: 0.15 } } } };
    option.series = lines.map((l) => lineSeries(l, names.size > 1, look, state));
    option.series.push(marks(panel, look, xs[0]));
    return option;
  }

  // begin is where an axis of numbers starts: at 0, unless that would leave most of
  // it empty.
  function begin(xs) {
    const low = xs.reduce((a, b) => Math.min(a, b)), high = xs.reduce((a, b) => Math.max(a, b));
    return low >= 0 && low < high / 2 ? 0 : "dataMin";
  }

  function lineSeries(l, named, look, state) {
    const few = l.points.length <= 40;
    return {
      type: "line", name: l.engine, data: l.points, step: l.step ? "end" : false, showSymbol: few, symbolSize: 6,
      symbol: SYMBOLS[state.order.indexOf(l.engine) % SYMBOLS.length] || "circle",
      lineStyle: { color: state.colours[l.engine], width: 2, type: l.dashed ? [6, 4] : "solid" }, itemStyle: { color: state.colours[l.engine] },
      emphasis: { disabled: true },
      endLabel: { show: named && !!l.name, formatter: (l.name || "").replace("_", ".").toUpperCase().slice(0, 8), color: state.colours[l.engine], fontFamily: FONT, fontSize: 10 },
      labelLayout: { moveOverlap: "shiftY" },
    };
  }

  // at finds the point of a line that x belongs to: the last one before it on
  // steps, else the nearest; none where the line is not near.
  function at(line, x) {
    const first = line.points[0], last = line.points[line.points.length - 1];
    if (line.step) return x < first[0] ? null : line.points.findLast((p) => p[0] <= x);
    const near = line.points.reduce((a, b) => Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a);
    const pace = line.points.length > 1 ? (last[0] - first[0]) / (line.points.length - 1) : 0;
    return Math.abs(near[0] - x) <= pace ? near : null;
  }

  function lineTip(points, lines, panel) {
    const x = points.length ? Number(points[0].axisValue) : 0;
    const rows = lines.map((l) => [l, at(l, x)]).filter(([, p]) => p)
      .map(([l, p]) => [l.name ? l.engine + " " + l.name.toUpperCase() : l.engine, withUnit(p[1], panel.y)]);
    return tip((panel.x.label ? panel.x.label + " " : "") + withUnit(x, panel.x), rows);
  }

  const spokeName = (s) => (s.charAt(0).toUpperCase() + s.slice(1)).replaceAll("_", " ");

  // A score that is not known leaves a gap in its engine's blade.
  function radarOption(panel, look, state) {
    const blades = (panel.blades || []).filter((b) => state.engines.has(b.engine) && b.scores.some((s) => s >= 0));
    if (!blades.length) return null;
    const option = common(look);
    option.tooltip.trigger = "item";
    option.radar = {
      indicator: panel.spokes.map((s) => ({ name: spokeName(s), max: 100, min: 0 })), radius: "68%", center: ["50%", "54%"], splitNumber: 4,
      axisName: { color: look.ink, fontFamily: FONT, fontSize: 12 },
      splitLine: { lineStyle: { color: look.rule } }, splitArea: { show: false }, axisLine: { lineStyle: { color: look.rule } },
    };
    option.series = [{
      type: "radar", emphasis: { disabled: true },
      data: blades.map((b) => ({
        name: b.engine, value: b.scores.map((s) => s < 0 ? "-" : s), symbol: SYMBOLS[state.order.indexOf(b.engine) % SYMBOLS.length] || "circle", symbolSize: 6,
        lineStyle: { color: state.colours[b.engine], width: 2 }, itemStyle: { color: state.colours[b.engine] }, areaStyle: { color: state.colours[b.engine], opacity: 0.08 },
      })),
      tooltip: { formatter: (p) => tip(p.name, panel.spokes.map((s, i) => [spokeName(s), blades[p.dataIndex].scores[i] < 0 ? "n/a" : number(blades[p.dataIndex].scores[i])])) },
    }];
    return option;
  }

  function option(panel, look, state) {
    if (panel.spokes && panel.spokes.length) return radarOption(panel, look, state);
    if (panel.boxes && panel.boxes.length) return columnOption(panel, look, state, true);
    if (panel.bars && panel.bars.length) return columnOption(panel, look, state, false);
    if (panel.lines && panel.lines.length) return lineOption(panel, look, state);
    return null;
  }

  return { option, caption, number };
})();
