// Bars and boxes, with their confidence intervals.

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
