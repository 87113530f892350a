package ui

import (
	"fmt"
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

func scenarioColumns(kind record.ScenarioKind, width Width) []resultColumn {
	columns := []resultColumn{
		{column{title: "ENGINE"}, func(c cellContext) string { return Printable(c.engine.Engine) }},
		{column{title: "OK", number: true}, okCell},
		percentile("TTFT P50", 0.5, ttft), percentile("P95", 0.95, ttft), percentile("P99", 0.99, ttft),
		percentile("TPOT P50", 0.5, tpot), percentile("E2E P50", 0.5, e2e),
	}
	if kind != record.KindTTFT {
		columns = append(columns, number1("TOK/S", func(e record.EngineResult) record.Float { return e.OutputTokensPerS }))
	}
	if width == Wide {
		columns = append(columns, wideColumns(kind)...)
	}
	return append(columns, resultColumn{column{title: "ERRORS"}, errorsCell})
}

func wideColumns(kind record.ScenarioKind) []resultColumn {
	columns := []resultColumn{
		{column{title: "TTFT MEAN", number: true}, func(c cellContext) string { return number(c.engine.TTFT.Statistic("mean")) }},
		{column{title: "TTFT P50 CI"}, func(c cellContext) string { return interval(c.engine.TTFT, 0.5) }},
		{column{title: "TTFT P95 CI"}, func(c cellContext) string { return interval(c.engine.TTFT, 0.95) }},
		percentile("GAP P99", 0.99, func(e record.EngineResult) *record.Distribution { return e.Gap }),
		percentile("E2E P95", 0.95, e2e),
	}
	if kind != record.KindTTFT {
		columns = append(columns,
			number1("REQ/S", func(e record.EngineResult) record.Float { return e.RequestsPerS }),
			number1("GOODPUT/S", func(e record.EngineResult) record.Float { return e.GoodputPerS }))
	}
	return append(columns,
		resultColumn{column{title: "CLIENT"}, clientCell},
		resultColumn{column{title: "MODEL"}, func(c cellContext) string { return engineInfo(c, func(i record.EngineInfo) string { return i.Model }) }},
		resultColumn{column{title: "VIA"}, func(c cellContext) string { return engineInfo(c, func(i record.EngineInfo) string { return i.Via }) }})
}

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

func number1(title string, of func(record.EngineResult) record.Float) resultColumn {
	return resultColumn{column{title: title, number: true}, func(c cellContext) string { return number(of(c.engine)) }}
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

func errorsCell(c cellContext) string {
	return orDash(strings.ReplaceAll(classes(c.engine.Errors), ", ", ","))
}

func clientCell(c cellContext) string {
	if c.engine.Client == nil {
		return "-"
	}
	return c.engine.Client.Verdict
}

func engineInfo(c cellContext, field func(record.EngineInfo) string) string {
	for _, info := range c.summary.Environment.Engines {
		if info.Engine == c.engine.Engine {
			return Printable(field(info))
		}
	}
	return "-"
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
