// Curves.

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
