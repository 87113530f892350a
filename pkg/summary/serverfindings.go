package summary

import (
	"fmt"
	"math"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// maxResidual is by how much of ours the engine's tokens may differ from ours.
const maxResidual = 0.02

func foreignTraffic(r resultRow) (record.Finding, bool) {
	if r.e.Server == nil || r.e.Server.ForeignRequests.Or(0) == 0 {
		return record.Finding{}, false
	}
	v := r.e.Server
	n := v.ForeignRequests.Or(0)
	atLeast := ""
	if v.UnclearRequests.Or(0) > 0 {
		atLeast = "at least "
	}
	return record.Finding{
		ID: "foreign-traffic", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("the engine served %s%d requests that are not ours (%.3g a second) beside %d of ours, so it was measured under another load than was asked for",
			atLeast, n, float64(n)/r.check.seconds, v.OwnRequests.Or(0)),
		Remedy: "keep other clients away from the engine while it is measured, or take the numbers for those of a shared engine",
	}, true
}

func serverCountsLess(r resultRow) (record.Finding, bool) {
	return record.Finding{
		ID: "server-counts-less", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("the engine's metrics count %d requests fewer than it answered us, so they are not of all that was measured and foreign traffic cannot be told", r.check.fewer),
		Remedy:  "see whether several replicas, or another engine's metrics, stand behind the address",
	}, r.check.fewer > 0
}

// serverResidual finds tokens that differ although requests agree.
func serverResidual(r resultRow) (record.Finding, bool) {
	v := r.e.Server
	if v == nil || r.check.fewer > 0 || v.ForeignRequests.Or(0) > 0 {
		return record.Finding{}, false
	}
	what, residual, own := "output", v.OutputTokensResidual.Or(0), r.check.ownOutput
	if !over(residual, own) {
		what, residual, own = "prompt", v.PromptTokensResidual.Or(0), r.check.ownPrompt
	}
	word := "more"
	if residual < 0 {
		word = "fewer"
	}
	return record.Finding{
		ID: "server-residual", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("the engine's metrics count %.0f %s tokens %s than its answers do (%.1f %% of %d)",
			math.Abs(float64(residual)), what, word, 100*math.Abs(float64(residual))/float64(max(own, 1)), own),
		Remedy: "rates of tokens rest on the answers; ask the engine's makers which of its counts is right",
	}, over(residual, own)
}

func over(residual, own int64) bool {
	return math.Abs(float64(residual)) > maxResidual*float64(own)
}

func engineRestarted(r resultRow) (record.Finding, bool) {
	return record.Finding{
		ID: "engine-restarted", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("the engine's counters began anew in %d of its turns: it restarted while it was measured", r.check.restarts),
		Remedy:  "look for why it restarted (memory, liveness probe), and measure again",
	}, r.check.restarts > 0
}

// readings are all of an engine's, in order of time.
func (a *Aggregator) readings(engine string) []record.ServerSample {
	var all []record.ServerSample
	for at, c := range a.cells {
		if at.engine == engine {
			all = append(all, c.server...)
		}
	}
	inOrder(all)
	return all
}

// replicas says why an engine's readings are not of one process; "" where they
// are. An engine that restarts begins anew each time, while of several replicas
// one answers again that had answered before.
func (a *Aggregator) replicas(engine string) string {
	if n := a.info(engine).Replicas; n > 1 {
		return fmt.Sprintf("it has %d replicas", n)
	}
	falls, before := 0, (*record.ServerSample)(nil)
	var processes []float64
	for _, s := range a.readings(engine) {
		if s.Status != record.StatusOK {
			continue
		}
		if before != nil && fell(*before, s) {
			falls++
		}
		before = &s
		started, known := s.StartedS.Get()
		if known && (len(processes) == 0 || processes[len(processes)-1] != started) {
			if slices.Contains(processes, started) {
				return "readings came from several processes in turn"
			}
			processes = append(processes, started)
		}
	}
	if falls > 1 && len(processes) == 0 {
		return fmt.Sprintf("its counters went back %d times, as those of several processes in turn do", falls)
	}
	return ""
}

// accounts finds engines whose own account could not be had.
func (a *Aggregator) accounts() []record.Finding {
	var findings []record.Finding
	for _, engine := range a.engines() {
		all := a.readings(engine)
		if len(all) == 0 {
			continue
		}
		failed := slices.DeleteFunc(slices.Clone(all), func(s record.ServerSample) bool { return s.Status == record.StatusOK })
		switch why := a.replicas(engine); {
		case len(failed) == len(all):
			findings = append(findings, record.Finding{
				ID: "no-server-metrics", Severity: record.SeverityInfo, Subject: engine,
				Message: fmt.Sprintf("its own account of the run is missing: %s (%s)", failed[0].Message, failed[0].Status),
				Remedy:  "a way that leads to /metrics as well, as --via port-forward, would show foreign traffic, queue and cache",
			})
		case why != "":
			findings = append(findings, record.Finding{
				ID: "metrics-several-replicas", Severity: record.SeverityInfo, Subject: engine,
				Message: why + ", and each reading of its metrics is of one of them, so they are not set against ours",
				Remedy:  "measure one replica alone to see its queue and cache, and whether others use it",
			})
		}
	}
	return findings
}
