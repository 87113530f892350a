// Filters, theme and the life of charts. The page is whole without it: it only
// hides, shows and draws what is there.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const figures = new Map((data.figures || []).map((f) => [f.id, f]));
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const panels = [];
  let printing = false;

  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => !printing && (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
  const checked = (name) => new Set(all(`input[name=${name}]:checked`).map((i) => i.value));

  function look() {
    if (printing) return { ink: "#000", ink2: "#444", rule: "#ddd", paper: "#fff" };
    const css = getComputedStyle(root), of = (name) => css.getPropertyValue(name).trim();
    return { ink: of("--ink"), ink2: of("--ink-2"), rule: of("--rule"), paper: of("--paper") };
  }

  function state() {
    return {
      engines: checked("engine"), hidden: new Set(all("input[name=scenario]:not(:checked)").map((i) => i.value)), order: data.engines, percentile: [...checked("percentile")][0] || "",
      colours: isDark() ? data.colours.dark : data.colours.light,
    };
  }

  function element(tag, name, text) {
    const e = document.createElement(tag);
    if (name) e.className = name;
    if (text) e.textContent = text;
    return e;
  }

  function button(text, label, click) {
    const b = element("button", "", text);
    b.type = "button";
    b.setAttribute("aria-label", label);
    b.addEventListener("click", click);
    return b;
  }

  // build makes what surrounds a chart: its name, its tools and the words that
  // stand in for it.
  function build(slot, figure, panel, number) {
    const name = panel.title || figure.title;
    if (panel.title) slot.append(element("p", "name", panel.title));
    slot.append(element("p", "axis", draw.caption(panel)));
    const empty = element("p", "void", panel.empty || "Nothing to draw.");
    if (panel.empty) return slot.append(empty);
    const canvas = element("div", "canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "Chart: " + name + ". Its numbers stand in the table below.");
    slot.append(canvas, empty);
    const entry = { figure, panel, canvas, empty, chart: null, file: figure.id + "-" + (number + 1) };
    slot.append(tools(entry, name));
    panels.push(entry);
  }

  function tools(entry, name) {
    const box = element("div", "tools");
    if (entry.panel.lines && entry.panel.lines.length) {
      box.append(
        button("Zoom in", "Zoom in: " + name, () => zoom(entry, 0.6)),
        button("Zoom out", "Zoom out: " + name, () => zoom(entry, 1 / 0.6)),
        button("Reset", "Show all: " + name, () => zoom(entry, 0)));
    }
    box.append(button("Save PNG", "Save as PNG: " + name, () => save(entry)));
    return box;
  }

  function zoom(entry, factor) {
    if (!entry.chart) return;
    const now = entry.chart.getOption().dataZoom[0];
    const middle = (now.start + now.end) / 2, half = factor ? (now.end - now.start) * factor / 2 : 50;
    const start = Math.max(0, Math.min(middle - half, 100 - 2 * half)), end = Math.min(100, start + 2 * half);
    entry.chart.dispatchAction({ type: "dataZoom", dataZoomIndex: 0, start: factor ? start : 0, end: factor ? end : 100 });
  }

  function save(entry) {
    if (!entry.chart) return;
    const a = element("a");
    a.href = entry.chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: look().paper });
    a.download = entry.file + ".png";
    a.click();
  }

  function paint(entry, colours, now) {
    const option = draw.option(entry.panel, colours, now);
    entry.canvas.hidden = !option;
    entry.empty.hidden = !!option;
    if (!option) {
      entry.empty.textContent = "Nothing to draw: the filter leaves nothing, or no engine has it.";
      return;
    }
    if (!entry.canvas.offsetParent && !printing) return;
    if (entry.chart) {
      stay(entry.chart, option);
      entry.chart.dispose(); // clear() would let shapes of the last drawing fade, onto paper too
    }
    const size = printing ? { width: entry.panelWidth, height: 260 } : {};
    entry.chart = echarts.init(entry.canvas, null, Object.assign({ renderer: "canvas" }, size));
    entry.chart.setOption(option);
    if (option.toolbox && matchMedia("(pointer: fine)").matches) {
      entry.chart.dispatchAction({ type: "takeGlobalCursor", key: "dataZoomSelect", dataZoomSelectActive: true });
    }
  }

  // stay keeps the stretch that the reader zoomed to.
  function stay(chart, option) {
    const before = chart.getOption();
    if (!before || !before.dataZoom || !before.dataZoom.length || !option.dataZoom) return;
    Object.assign(option.dataZoom[0], { start: before.dataZoom[0].start, end: before.dataZoom[0].end });
  }

  function redraw() {
    const colours = look(), now = state();
    for (const entry of panels) paint(entry, colours, now);
  }

  // filter hides what is not chosen. What names no engine or scenario of the
  // filter always stands.
  function filter() {
    const engines = checked("engine"), scenarios = checked("scenario"), percentile = [...checked("percentile")][0] || "";
    const known = { engine: new Set(data.engines), scenario: new Set(all("input[name=scenario]").map((i) => i.value)) };
    const out = (value, chosen, of) => value !== undefined && of.has(value) && !chosen.has(value);
    for (const e of all("main [data-engine], main [data-scenario], main [data-percentile], nav [data-scenario]")) {
      e.hidden = out(e.dataset.engine, engines, known.engine) || out(e.dataset.scenario, scenarios, known.scenario) ||
        (!!percentile && e.dataset.percentile !== undefined && e.dataset.percentile !== percentile);
    }
    for (const box of all("main .tablebox")) box.hidden = !all("tbody tr", box).some((row) => !row.hidden);
    say(engines, scenarios, known);
  }

  function say(engines, scenarios, known) {
    const parts = [engines.size + " of " + known.engine.size + " engines"];
    if (known.scenario.size) parts.push(scenarios.size + " of " + known.scenario.size + " scenarios");
    document.querySelector(".chosen").textContent = "· " + parts.join(", ");
  }

  function theme() {
    const toggle = document.querySelector(".theme");
    const show = () => {
      toggle.textContent = isDark() ? "Light" : "Dark";
      toggle.setAttribute("aria-label", isDark() ? "Switch to the light theme" : "Switch to the dark theme");
      redraw();
    };
    toggle.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      show();
    });
    prefersDark.addEventListener("change", show);
    show();
  }

  // Paper is A4 with the margins of the style: about 680 CSS pixels.
  function print(on) {
    if (printing === on) return;
    printing = on;
    for (const entry of panels) {
      entry.panelWidth = entry.figure.panels.length > 1 ? 328 : 680;
    }
    redraw();
  }

  for (const slot of all("[data-figure]")) {
    const figure = figures.get(slot.dataset.figure);
    if (!figure) continue;
    slot.querySelector(".drawing").hidden = false;
    for (const place of all("[data-panel]", slot)) build(place, figure, figure.panels[Number(place.dataset.panel)], Number(place.dataset.panel));
  }
  document.querySelector(".controls").hidden = false;
  for (const d of all("details.numbers")) d.open = false;
  if (matchMedia("(max-width: 40rem)").matches) document.querySelector(".filters").open = false;
  if (matchMedia("(max-width: 70rem)").matches) document.querySelector(".contents details").open = false;
  document.querySelector(".controls").addEventListener("change", () => {
    filter();
    redraw();
  });
  filter();
  theme();
  let waiting = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(redraw);
  });
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
})();
