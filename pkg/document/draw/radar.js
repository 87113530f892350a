// Radars, and what picks a chart for a panel of pkg/chart's description.

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
