package chart

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

const (
	unitSeconds = "s"
	noWindow    = "No measured window: nothing ran under load."
)

// dashboard is a load in four panels: what came out, how long first tokens and
// gaps took, and how many requests were under way and failed.
func (d describer) dashboard(sc record.ScenarioResult) Figure {
	f := d.figure(KindDashboard, "load", "Under load: output, latency, errors", sc)
	f.Panels = []Panel{
		d.overTime(sc, "Output tokens per second", "tokens/s", tokensPerS, measuredTime),
		d.percentilePanel(sc, metricTTFT, labelTTFT),
		d.percentilePanel(sc, "gap_ms", "Gap between chunks of tokens"),
		d.requestsPanel(sc),
	}
	f.Panels[1].Marks = d.targetMarks(sc.Name, metricTTFT)
	f.Note = "Engines were loaded one at a time; the time axis counts each one's measured time, with its rounds joined. " +
		"Whiskers are " + d.intervals() + "; a percentile that the sample cannot support has no bar." + d.caveats(sc)
	return f
}

// overTime is one reading of every engine over time.
func (d describer) overTime(sc record.ScenarioResult, title, unit string, read reading, over clock) Panel {
	p := Panel{
		Title: title, X: Axis{Label: over.label, Unit: unitSeconds}, Y: Axis{Label: title, Unit: unit},
		Lines: d.lines(sc, read, over, "", false),
	}
	if len(p.Lines) == 0 {
		p.Empty = "Nothing is known of this over time."
	}
	if len(sc.Timeline) == 0 {
		p.Empty = noWindow
	}
	return p
}

// requestsPanel shows requests under way, and those that failed where any did.
func (d describer) requestsPanel(sc record.ScenarioResult) Panel {
	p := d.overTime(sc, "Requests in flight and errors", "", inFlight, measuredTime)
	p.Y.Label = "Requests"
	failed := d.lines(sc, failures, measuredTime, "errors per slice", true)
	if !anyAbove(failed) {
		if p.Empty == "" {
			p.Title = "Requests in flight (no errors)"
		}
		return p
	}
	for i := range p.Lines {
		p.Lines[i].Name = "in flight"
	}
	for _, l := range failed {
		if anyAbove([]Line{l}) {
			p.Lines = append(p.Lines, l)
		}
	}
	return p
}

// timeline is a load as the run's clock saw it, with what the engines tell of
// themselves below what the client saw.
func (d describer) timeline(sc record.ScenarioResult) Figure {
	f := d.figure(KindTimeline, "timeline", "Course of the load", sc)
	f.Panels = []Panel{
		d.overTime(sc, "Time to first token, P95", "ms", ttftP95, runTime),
		d.overTime(sc, "Requests finished", "requests/s", requestsPerS, runTime),
		d.overTime(sc, "Requests in flight", "requests", inFlight, runTime),
	}
	f.Panels[0].Y.Log = f.Panels[0].wide()
	if len(f.Panels[0].Lines) == 0 && len(sc.Timeline) > 0 { // as it is under most loads
		f.Panels = f.Panels[1:]
		f.Note = "No slice of time has requests enough to say a P95 of the time to first token. "
	}
	gauges := []Panel{
		d.overTime(sc, "Waiting in the engine's queue", "requests", queued, runTime),
		d.overTime(sc, "Running in the engine", "requests", running, runTime),
		d.overTime(sc, "KV cache in use", "%", kvCache, runTime),
	}
	told := 0
	for i, p := range gauges {
		told += len(p.Lines)
		if p.Empty != "" && len(sc.Timeline) > 0 {
			gauges[i].Empty = "No engine told this of itself."
		}
	}
	if told == 0 {
		f.Note += "No engine told of its queue, its running requests or its KV cache."
		return f
	}
	f.Panels = append(f.Panels, gauges...)
	f.Note += "Queue, running requests and KV cache are the engines' own gauges."
	return f
}
