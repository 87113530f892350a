package story

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// clientHealth says whether the client kept up.
func clientHealth(sc record.ScenarioResult) Table {
	t := Table{Caption: "Client health in the same window", Columns: []Column{
		{Title: "Engine"}, {Title: "Verdict"}, {Title: "CPU share", Number: true}, {Title: "Send slip P50", Unit: "ms", Number: true},
		{Title: "P99", Unit: "ms", Number: true}, {Title: "GC pauses", Unit: "ms", Number: true}, {Title: "Coalesced frames", Number: true}}}
	for _, e := range sc.Engines {
		h := e.Client
		if h == nil {
			continue
		}
		verdict := Cell{Text: Printable(h.Verdict), Tone: Good}
		if h.Verdict == record.ClientBound {
			verdict = Cell{Text: h.Verdict, Detail: Printable(strings.Join(h.Reasons, "; ")), Tone: Bad}
		}
		t.Rows = append(t.Rows, Row{Engine: e.Engine, Scenario: sc.Name, Cells: []Cell{
			text(e.Engine), verdict, share(h.CPUShare), number(h.SlipMS.P50), number(h.SlipMS.P99), number(h.GCMS), share(h.CoalescedShare)}})
	}
	return t
}

// serverViews are what engines say of the same window themselves.
func serverViews(sc record.ScenarioResult) []Table {
	all := []Table{serverCounts(sc), serverGauges(sc), serverTTFT(sc), serverTimings(sc)}
	return slices.DeleteFunc(all, func(t Table) bool { return len(t.Rows) == 0 })
}

func serverCounts(sc record.ScenarioResult) Table {
	t := Table{Caption: "Counters of the engine against ours", Columns: []Column{
		{Title: "Engine"}, {Title: "Requests it finished", Number: true}, {Title: "Not ours", Number: true},
		{Title: "Prompt tokens", Number: true}, {Title: "Unaccounted", Number: true},
		{Title: "Output tokens", Number: true}, {Title: "Unaccounted", Number: true}, {Title: "Preemptions", Number: true}},
		Note: "Requests that are not ours are foreign traffic: the engine served others while it was measured."}
	for _, e := range sc.Engines {
		v := e.Server
		if v == nil {
			continue
		}
		counters := []record.Int{v.RequestsDelta, v.ForeignRequests, v.PromptTokensDelta, v.PromptTokensResidual, v.OutputTokensDelta, v.OutputTokensResidual, v.Preemptions}
		if !slices.ContainsFunc(counters, record.Int.Known) {
			continue
		}
		row := Row{Engine: e.Engine, Scenario: sc.Name, Cells: []Cell{text(e.Engine)}}
		for _, c := range counters {
			row.Cells = append(row.Cells, tally(c))
		}
		row.Cells[2] = toned(row.Cells[2], v.ForeignRequests.Or(0) > 0)
		t.Rows = append(t.Rows, row)
	}
	return t
}

func serverGauges(sc record.ScenarioResult) Table {
	t := Table{Caption: "Gauges of the engine: mean, and most", Columns: []Column{
		{Title: "Engine"}, {Title: "Queue", Unit: "requests", Number: true}, {Title: "Running", Unit: "requests", Number: true}, {Title: "KV cache in use", Number: true}}}
	for _, e := range sc.Engines {
		if v := e.Server; v != nil && (v.Queue != nil || v.Running != nil || v.KVCache != nil) {
			t.Rows = append(t.Rows, Row{Engine: e.Engine, Scenario: sc.Name, Cells: []Cell{
				text(e.Engine), gauge(v.Queue, Amount), gauge(v.Running, Amount), gauge(v.KVCache, Share)}})
		}
	}
	return t
}

func gauge(g *record.Gauge, write func(float64) string) Cell {
	if g == nil {
		return missing("")
	}
	return Cell{Text: write(g.Mean), Detail: "most " + write(g.Max)}
}

func serverTTFT(sc record.ScenarioResult) Table {
	t := Table{Caption: "TTFT as the engine counts it", Columns: []Column{
		{Title: "Engine"}, {Title: "N", Number: true}, {Title: "Mean", Unit: "ms", Number: true}, {Title: "P50 lies in", Unit: "ms", Number: true},
		{Title: "P95 lies in", Unit: "ms", Number: true}, {Title: "Network and client add", Unit: "ms", Number: true}},
		Note: "An engine keeps a histogram; a percentile lies somewhere between the bounds of a bucket."}
	for _, e := range sc.Engines {
		if e.Server == nil || e.Server.TTFTMS == nil {
			continue
		}
		h := e.Server.TTFTMS
		t.Rows = append(t.Rows, Row{Engine: e.Engine, Scenario: sc.Name, Cells: []Cell{
			text(e.Engine), count(h.N), number(record.Some(h.Mean)), bounds(h.P50), bounds(h.P95), number(h.NetworkMS)}})
	}
	return t
}

func bounds(i *record.Interval) Cell {
	if i == nil {
		return missing("")
	}
	return Cell{Text: Interval(*i)}
}

func serverTimings(sc record.ScenarioResult) Table {
	t := Table{Caption: "What the engine said of its own times, means", Columns: []Column{{Title: "Engine"}, {Title: "Its own name for it"}, {Title: "Mean", Unit: "ms", Number: true}}}
	for _, e := range sc.Engines {
		if e.Server == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(e.Server.Timings)) {
			t.Rows = append(t.Rows, Row{Engine: e.Engine, Scenario: sc.Name, Cells: []Cell{text(e.Engine), text(name), number(record.Some(e.Server.Timings[name]))}})
		}
	}
	return t
}
