package ui

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// cellContext is what a column draws a cell from.
type cellContext struct {
	summary record.Summary
	engine  record.EngineResult
}

// resultColumn is a column of a results table and how its cells are made.
type resultColumn struct {
	column
	cell func(cellContext) string
}

// scenarioTables are the tables of a scenario's results: one that fits a narrow
// terminal, or two that say more.
func scenarioTables(sc record.ScenarioResult, width Width) [][]resultColumn {
	if width == Wide {
		return [][]resultColumn{latencyColumns(), circumstanceColumns(sc)}
	}
	columns := []resultColumn{
		engineColumn, okColumn,
		percentile("TTFT P50", 0.5, ttft), percentile("P95", 0.95, ttft), percentile("P99", 0.99, ttft),
		percentile("TPOT P50", 0.5, tpot), percentile("E2E P50", 0.5, e2e),
	}
	if sc.Kind != record.KindTTFT {
		columns = append(columns, rate("TOK/S", tokensPerS))
	}
	return [][]resultColumn{append(columns, costColumns(sc)...)}
}

var (
	engineColumn = resultColumn{column{title: "ENGINE", shrinks: true}, func(c cellContext) string { return Printable(c.engine.Engine) }}
	okColumn     = resultColumn{column{title: "OK", number: true}, okCell}
)

// latencyColumns are what users wait for.
func latencyColumns() []resultColumn {
	return []resultColumn{
		engineColumn, okColumn,
		percentile("TTFT P50", 0.5, ttft), {column{title: "TTFT P50 CI"}, func(c cellContext) string { return interval(c.engine.TTFT, 0.5) }},
		percentile("P95", 0.95, ttft), {column{title: "TTFT P95 CI"}, func(c cellContext) string { return interval(c.engine.TTFT, 0.95) }},
		percentile("P99", 0.99, ttft),
		percentile("TPOT P50", 0.5, tpot), percentile("P95", 0.95, tpot),
		percentile("E2E P50", 0.5, e2e), percentile("P95", 0.95, e2e),
	}
}

// circumstanceColumns are what came out at what cost, and under what conditions.
func circumstanceColumns(sc record.ScenarioResult) []resultColumn {
	columns := []resultColumn{engineColumn}
	if sc.Kind != record.KindTTFT {
		columns = append(columns, rate("TOK/S", tokensPerS),
			rate("REQ/S", func(e record.EngineResult) record.Float { return e.RequestsPerS }),
			rate("GOODPUT/S", func(e record.EngineResult) record.Float { return e.GoodputPerS }))
	}
	if sc.Shape.IsOpen() {
		columns = append(columns, openColumns()...)
	}
	columns = append(columns,
		percentile("GAP P99", 0.99, func(e record.EngineResult) *record.Distribution { return e.Gap }),
		resultColumn{column{title: "PROMPT"}, func(c cellContext) string { return lengthText(c.engine.Lengths, true) }},
		resultColumn{column{title: "OUTPUT"}, func(c cellContext) string { return lengthText(c.engine.Lengths, false) }},
		resultColumn{column{title: "COUNTED BY"}, func(c cellContext) string { return sourcesText(c.engine.TokenSources) }},
		resultColumn{column{title: "CLIENT"}, clientCell},
		resultColumn{column{title: "VIA"}, viaCell})
	return append(columns, costColumns(sc)...)
}

// openColumns are what only an open loop has: TTFT as it was for whoever came
// when the load said, and what was never sent.
func openColumns() []resultColumn {
	return []resultColumn{
		percentile("SCHED TTFT P95", 0.95, func(e record.EngineResult) *record.Distribution { return e.TTFTFromSchedule }),
		{column{title: "DROPPED", number: true}, func(c cellContext) string { return strconv.FormatInt(c.engine.Dropped, 10) }},
	}
}

// costColumns is what a million output tokens cost, where a price is known.
func costColumns(sc record.ScenarioResult) []resultColumn {
	for _, e := range sc.Engines {
		if e.CostPerMillionOutputTokens.Known() {
			return []resultColumn{rate("COST/M", func(e record.EngineResult) record.Float { return e.CostPerMillionOutputTokens })}
		}
	}
	return nil
}

func tokensPerS(e record.EngineResult) record.Float { return e.OutputTokensPerS }

func ttft(e record.EngineResult) *record.Distribution { return e.TTFT }
func tpot(e record.EngineResult) *record.Distribution { return e.TPOT }
func e2e(e record.EngineResult) *record.Distribution  { return e.E2E }

func percentile(title string, p float64, of func(record.EngineResult) *record.Distribution) resultColumn {
	return resultColumn{column{title: title, number: true}, func(c cellContext) string {
		d := of(c.engine)
		if d == nil || d.N == 0 {
			return "-"
		}
		v, _ := quantile(d, p)
		if !v.Known() {
			return needs(p, level(d))
		}
		return number(v)
	}}
}

// rate is a column of a number over a window; one in which nothing succeeded
// has none that says anything.
func rate(title string, of func(record.EngineResult) record.Float) resultColumn {
	return resultColumn{column{title: title, number: true}, func(c cellContext) string {
		if c.engine.Succeeded == 0 {
			return "-"
		}
		return number(of(c.engine))
	}}
}

// quantile picks a percentile and its interval out of a distribution.
func quantile(d *record.Distribution, p float64) (record.Float, *record.Interval) {
	ci := d.CI
	if ci == nil {
		ci = &record.Intervals{}
	}
	switch p {
	case 0.5:
		return d.P50, ci.P50
	case 0.9:
		return d.P90, ci.P90
	case 0.95:
		return d.P95, ci.P95
	case 0.99:
		return d.P99, ci.P99
	}
	return d.P999, ci.P999
}

func level(d *record.Distribution) float64 {
	if d.CI == nil || d.CI.Level == 0 {
		return 0.95
	}
	return d.CI.Level
}

func interval(d *record.Distribution, p float64) string {
	if d == nil {
		return "-"
	}
	_, ci := quantile(d, p)
	if ci == nil {
		return "-"
	}
	return fmt.Sprintf("%s..%s", number(record.Some(ci[0])), number(record.Some(ci[1])))
}

func okCell(c cellContext) string {
	return fmt.Sprintf("%d/%d", c.engine.Succeeded, c.engine.Requests)
}

// lengthText is the median length of prompts or answers in tokens, and what was
// asked for where something did.
func lengthText(l *record.Lengths, prompt bool) string {
	if l == nil {
		return "-"
	}
	is, asked := l.Output, l.OutputTarget
	if prompt {
		is, asked = l.Prompt, l.PromptTarget
	}
	text := number(is.Statistic("p50"))
	if v := asked.Statistic("p50"); v.Known() {
		text += " of " + number(v)
	}
	return text
}

// sourcesText names who counted the tokens, the one who counted most first.
func sourcesText(sources map[record.TokenSource]int64) string {
	names := slices.Sorted(maps.Keys(sources))
	slices.SortStableFunc(names, func(a, b record.TokenSource) int { return cmp.Compare(sources[b], sources[a]) })
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = string(n)
	}
	return orDash(strings.Join(parts, ","))
}

func clientCell(c cellContext) string {
	if c.engine.Client == nil {
		return "-"
	}
	return c.engine.Client.Verdict
}

// viaCell is the way in, which older results keep with the environment alone.
func viaCell(c cellContext) string {
	via := c.engine.Via
	for _, info := range c.summary.Environment.Engines {
		if info.Engine == c.engine.Engine {
			via = cmp.Or(via, info.Via)
		}
	}
	return Printable(orDash(via))
}

// number writes a value with three significant digits at least and never an
// exponent; "-" where there is none.
func number(f record.Float) string {
	v, known := f.Get()
	switch {
	case !known:
		return "-"
	case v >= 100 || v <= -100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10 || v <= -10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

func metricName(metric string) string {
	return strings.ToUpper(strings.TrimSuffix(metric, "_ms"))
}

func statName(s string) string { return strings.ToUpper(s) }
