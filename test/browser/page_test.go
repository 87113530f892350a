//go:build browser

package browser

import (
	"bytes"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// inked counts the canvases with something on them, instances those that ECharts
// holds to be charts.
const (
	inked = `[...document.querySelectorAll(".canvas canvas")].filter((c) => {
		const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
		let n = 0;
		for (let i = 3; i < d.length; i += 4) if (d[i]) n++;
		return n > 500;
	}).length`
	instances = `[...document.querySelectorAll(".canvas")].filter((c) => echarts.getInstanceByDom(c)).length`
	slots     = `document.querySelectorAll(".canvas:not([hidden])").length`
	overflow  = `document.documentElement.scrollWidth - document.documentElement.clientWidth`
)

func TestChartsAreDrawnAtEveryWidthAndInEveryTheme(t *testing.T) {
	for _, c := range []struct {
		name          string
		width, height int64
		scheme        string
	}{
		{"wide-light", 1280, 900, "light"},
		{"wide-dark", 1280, 900, "dark"},
		{"phone-light", 390, 844, "light"},
		{"phone-dark", 390, 844, "dark"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, figures := sample(t)
			p := open(t, s, figures, c.width, c.height, c.scheme)
			want := 0
			for _, f := range figures {
				for _, panel := range f.Panels {
					if panel.Empty == "" {
						want++
					}
				}
			}
			for script, name := range map[string]string{inked: "canvases drawn", instances: "charts", slots: "places for charts"} {
				if got := eval[int](p, script); got != want {
					t.Errorf("%s: %d, want %d", name, got, want)
				}
			}
			if got := eval[int](p, overflow); got > 0 {
				t.Errorf("the page is %d px wider than the window", got)
			}
			p.screenshot(c.name)
			p.quiet()
		})
	}
}

func TestFiltersReachTablesAndCharts(t *testing.T) {
	s, figures := sample(t)
	p := open(t, s, figures, 1280, 900, "light")
	const rows = `[...document.querySelectorAll("main tr[data-engine=tgi]")].filter((r) => r.offsetParent).length`
	const seriesOfTGI = `[...document.querySelectorAll(".canvas")].map((c) => echarts.getInstanceByDom(c)).filter(Boolean)
		.flatMap((c) => c.getOption().series).filter((s) => s.name === "tgi").length`
	if eval[int](p, rows) == 0 || eval[int](p, seriesOfTGI) == 0 {
		t.Fatal("nothing of tgi is shown before it is filtered")
	}
	// The keyboard is enough: a space on the focused box unchecks it.
	p.press(`input[name=engine][value=tgi]`)
	if got := eval[int](p, rows); got != 0 {
		t.Errorf("%d rows of tgi are left", got)
	}
	if got := eval[int](p, seriesOfTGI); got != 0 {
		t.Errorf("%d series of tgi are left", got)
	}
	p.press(`input[name=scenario][value=heavy-load]`)
	if eval[bool](p, `!!document.querySelector("section[data-scenario=heavy-load]").offsetParent`) {
		t.Error("the section of a scenario that is filtered out is still shown")
	}
	p.press(`input[name=scenario][value=heavy-load]`)
	p.press(`input[name=engine][value=tgi]`)
	if eval[int](p, rows) == 0 || eval[int](p, seriesOfTGI) == 0 || eval[int](p, inked) == 0 {
		t.Error("what was filtered out does not come back")
	}
	p.quiet()
}

func TestNoEngineIsSaidAndNotDrawn(t *testing.T) {
	s, figures := sample(t)
	p := open(t, s, figures, 1280, 900, "light")
	p.do(`document.querySelectorAll("input[name=engine]").forEach((i) => i.click())`)
	if got := eval[int](p, slots); got != 0 {
		t.Errorf("%d charts without an engine", got)
	}
	if eval[int](p, `[...document.querySelectorAll(".void")].filter((v) => v.offsetParent).length`) == 0 {
		t.Error("nothing says why there is no chart")
	}
	p.quiet()
}

func TestPercentileIsChosen(t *testing.T) {
	s, figures := sample(t)
	p := open(t, s, figures, 1280, 900, "light")
	const categories = `echarts.getInstanceByDom(document.querySelector("[data-figure=load-heavy-load] .canvas")).getOption().xAxis[0].data.join()`
	const columns = `[...document.querySelectorAll("#scenario-3 th[data-percentile]")].filter((h) => h.offsetParent).map((h) => h.dataset.percentile).filter((v, i, a) => a.indexOf(v) === i).join()`
	if got := eval[string](p, categories); got != "P50,P95,P99" {
		t.Fatalf("categories before: %s", got)
	}
	p.do(`document.querySelector("input[name=percentile][value=p95]").click()`)
	if got := eval[string](p, categories); got != "P95" {
		t.Errorf("categories after: %s", got)
	}
	if got := eval[string](p, columns); got != "p95" {
		t.Errorf("columns after: %s", got)
	}
	p.quiet()
}

func TestZoomAndReset(t *testing.T) {
	s, figures := sample(t)
	p := open(t, s, figures, 1280, 900, "light")
	const place = `[data-figure=timeline-heavy-load] .panel`
	const window = `(() => { const z = echarts.getInstanceByDom(document.querySelector("` + place + ` .canvas")).getOption().dataZoom[0]; return z.end - z.start; })()`
	p.do(`document.querySelector("` + place + ` .tools button:nth-of-type(1)").click()`)
	if got := eval[float64](p, window); got > 61 || got < 59 {
		t.Errorf("zoomed in to %.0f %% of the axis, want 60", got)
	}
	p.do(`document.querySelector("` + place + ` .tools button:nth-of-type(3)").click()`)
	if got := eval[float64](p, window); got != 100 {
		t.Errorf("reset to %.0f %% of the axis", got)
	}
	p.quiet()
}

func TestTooltipIsTextAndTheThemeSwitches(t *testing.T) {
	s, figures := sample(t)
	p := open(t, s, figures, 1280, 900, "light")
	p.do(`document.querySelector("[data-figure=timeline-heavy-load] .canvas").scrollIntoView({ block: "center" })`)
	box := eval[[]float64](p, `(() => { const r = document.querySelector("[data-figure=timeline-heavy-load] .canvas").getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })()`)
	p.run(chromedp.MouseEvent(chromedp.MouseMoved, box[0]-5, box[1]), chromedp.MouseEvent(chromedp.MouseMoved, box[0], box[1]))
	if tip := get(p, chromedp.Poll[string](`document.querySelector(".tip") && document.querySelector(".tip").textContent`)); !strings.Contains(tip, "vllm") {
		t.Errorf("the tooltip says %q, and nothing of vllm", tip)
	}
	before := eval[string](p, `getComputedStyle(document.body).backgroundColor`)
	p.do(`document.querySelector(".theme").click()`)
	if after := eval[string](p, `getComputedStyle(document.body).backgroundColor`); after == before {
		t.Errorf("the theme stays %s", after)
	}
	p.quiet()
}

func TestPrintedPage(t *testing.T) {
	s, figures := sample(t)
	for _, scheme := range []string{"light", "dark"} {
		p := open(t, s, figures, 1280, 900, scheme)
		data := p.pdf("print-from-" + scheme)
		if !bytes.HasPrefix(data, []byte("%PDF-")) || len(data) < 50_000 {
			t.Errorf("printed from %s: %d bytes, which hold no charts", scheme, len(data))
		}
		if eval[int](p, inked) == 0 {
			t.Error("the charts are gone after printing")
		}
		p.quiet()
	}
}

func TestWithoutScriptEveryNumberIsThere(t *testing.T) {
	s, figures := sample(t)
	p := open(t, s, figures, 1280, 900, "light")
	p.withoutScript()
	if eval[int](p, `[...document.querySelectorAll("details.numbers")].filter((d) => d.open).length`) == 0 {
		t.Error("the tables beside the charts are closed")
	}
	if !eval[bool](p, `document.querySelector(".controls").hidden`) {
		t.Error("filters are shown that cannot work")
	}
	p.quiet()
}

func TestLongNamesDoNotWidenThePage(t *testing.T) {
	s, figures := sample(t)
	rename(&s, figures, strings.Repeat("very-long-name-", 15)+strings.Repeat("x", 60))
	for _, width := range []int64{390, 1280} {
		p := open(t, s, figures, width, 844, "light")
		if got := eval[int](p, overflow); got > 0 {
			t.Errorf("at %d px the page is %d px wider than the window", width, got)
		}
		p.quiet()
	}
}

func TestARedrawnChartIsLikeAFreshOne(t *testing.T) {
	const shapes = `[...document.querySelectorAll(".canvas")].map((c) => echarts.getInstanceByDom(c).getZr().storage.getDisplayList(true).length)`
	s, figures := sample(t)
	fresh := open(t, s, figures, 390, 844, "light")
	want := eval[[]int](fresh, shapes)
	p := open(t, s, figures, 1280, 900, "dark")
	before := eval[[]int](p, shapes)
	p.do(`document.querySelector(".theme").click()`)
	p.run(chromedp.EmulateViewport(390, 844))
	p.do(`dispatchEvent(new Event("resize"))`)
	get(p, chromedp.Poll[bool](`document.querySelector(".canvas canvas").clientWidth < 390`))
	if diff := cmp.Diff(want, eval[[]int](p, shapes)); diff != "" {
		t.Errorf("shapes after a change of width and theme (-fresh +redrawn):\n%s", diff)
	}
	if cmp.Equal(before, want) {
		t.Error("the two widths are drawn alike: this test proves nothing")
	}
	p.quiet()
}

func TestHeadingsAreInOrder(t *testing.T) {
	s, figures := sample(t)
	p := open(t, s, figures, 1280, 900, "light")
	levels := eval[[]int](p, `[...document.querySelectorAll("h1,h2,h3,h4")].map((h) => Number(h.tagName[1]))`)
	for i, level := range levels {
		if i == 0 && level != 1 || i > 0 && (level == 1 || level > levels[i-1]+1) {
			t.Errorf("heading %d is of level %d, after %v", i, level, levels[:i])
		}
	}
	p.quiet()
}

func TestHostileNamesStayText(t *testing.T) {
	s, figures := sample(t)
	const name = `</script><img src=x onerror="window.broken=1"><b>`
	rename(&s, figures, name)
	p := open(t, s, figures, 1280, 900, "light")
	if eval[bool](p, `"broken" in window || !!document.querySelector("img")`) {
		t.Error("a name became part of the page")
	}
	if eval[int](p, instances) == 0 {
		t.Error("the page does not draw with such a name")
	}
	p.do(`document.querySelector("input[name=engine]").click()`)
	p.quiet()
}
