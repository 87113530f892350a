// What all charts share: numbers, axes, marks and tooltips. All names are put into
// the page as text, never as HTML. The files of this folder are one script.

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
  // The end of the data is no round number.
  if (base.max === "dataMax") base.axisLabel.showMaxLabel = false;
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
