package summary

import (
	"cmp"
	"maps"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// AddServer takes one reading of an engine's metrics.
func (a *Aggregator) AddServer(s record.ServerSample) {
	c := a.cell(s.Scenario, s.Engine)
	c.server = append(c.server, s)
}

// crossCheck is what came of setting an engine's account against ours, beside
// the ServerView.
type crossCheck struct {
	// fewer is how many of our requests the engine did not count, in blocks where
	// it counted fewer than ours.
	fewer int64
	// seconds is the length of the blocks that were compared.
	seconds float64
	// restarts counts the blocks in which a counter fell.
	restarts int
	// ownOutput and ownPrompt are the tokens that the residuals are out of.
	ownOutput, ownPrompt int64
}

// crossCheck compares the engine's account of a cell with ours; the view is nil
// where the engine gave none.
func (a *Aggregator) crossCheck(engine string, c *cell, e record.EngineResult) (*record.ServerView, crossCheck) {
	view, check := &record.ServerView{Timings: c.ownTimings()}, crossCheck{}
	if a.replicas(engine) == "" {
		stretches := c.stretches()
		for _, s := range stretches {
			if s.restarted {
				check.restarts++
			}
		}
		stretches = whole(stretches)
		own := a.ownIn(stretches)
		check.requests(view, stretches, own)
		check.tokens(view, stretches, own)
		view.TTFTMS = compareTTFT(stretches, own, view.ForeignRequests)
		view.Timings = withObserved(view.Timings, stretches)
		c.gauges(view)
	}
	if view.TTFTMS == nil {
		view.TTFTMS = c.ttftOfAnswers(e.TTFT)
	}
	if empty(view) {
		return nil, check
	}
	return view, check
}

func empty(v *record.ServerView) bool {
	return !v.RequestsDelta.Known() && !v.OutputTokensDelta.Known() && !v.PromptTokensDelta.Known() && !v.Preemptions.Known() &&
		v.Queue == nil && v.Running == nil && v.KVCache == nil && v.TTFTMS == nil && len(v.Timings) == 0
}

// stretch is a block as its engine's counters saw it.
type stretch struct {
	span
	open, close *record.ServerSample
	restarted   bool
}

// stretches are the blocks of a cell in which metrics were read, in order.
func (c *cell) stretches() []stretch {
	byBlock := map[string][]record.ServerSample{}
	for _, s := range c.server {
		if s.Status == record.StatusOK {
			byBlock[s.Block] = append(byBlock[s.Block], s)
		}
	}
	var all []stretch
	for _, id := range slices.Sorted(maps.Keys(byBlock)) {
		all = append(all, newStretch(byBlock[id]))
	}
	slices.SortFunc(all, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	return all
}

func newStretch(readings []record.ServerSample) stretch {
	inOrder(readings)
	first, last := &readings[0], &readings[len(readings)-1]
	s := stretch{span: span{first.TMS, last.TMS}}
	if first.Edge == record.EdgeOpen {
		s.open = first
	}
	if last.Edge == record.EdgeClose {
		s.close = last
	}
	for i := range readings[1:] {
		s.restarted = s.restarted || fell(readings[i], readings[i+1])
	}
	return s
}

func inOrder(readings []record.ServerSample) {
	slices.SortStableFunc(readings, func(a, b record.ServerSample) int { return cmp.Compare(a.TMS, b.TMS) })
}

// fell says that a counter is lower than it was, or the process another one,
// which takes a restart or another replica.
func fell(before, now record.ServerSample) bool {
	lower := func(a, b record.Int) bool {
		v, known := b.Get()
		return known && v < a.Or(0)
	}
	started, known := now.StartedS.Get()
	return lower(before.Requests, now.Requests) || lower(before.PromptTokens, now.PromptTokens) ||
		lower(before.OutputTokens, now.OutputTokens) || lower(before.Preemptions, now.Preemptions) ||
		known && started != before.StartedS.Or(started)
}

// whole leaves those whose counters can be differenced: read at both edges, of
// one process, and in no other's time.
func whole(all []stretch) []stretch {
	var kept []stretch
	for _, s := range all {
		if n := len(kept); s.open == nil || s.close == nil || s.restarted || n > 0 && s.from < kept[n-1].to {
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// rise is by how much a counter rose. Client libraries leave out a labelled
// counter that nothing has counted yet, so one that appears began at 0.
func (s stretch) rise(of func(*record.ServerSample) record.Int) (n int64, known bool) {
	end, known := of(s.close).Get()
	return end - of(s.open).Or(0), known
}

// risen adds up what a counter rose by; absent where it is in no block, or in
// some only.
func risen(all []stretch, of func(*record.ServerSample) record.Int) record.Int {
	var sum int64
	for _, s := range all {
		n, known := s.rise(of)
		if !known {
			return record.Int{}
		}
		sum += n
	}
	if len(all) == 0 {
		return record.Int{}
	}
	return record.Some(sum)
}

func requestsOf(s *record.ServerSample) record.Int { return s.Requests }
func promptOf(s *record.ServerSample) record.Int   { return s.PromptTokens }
func outputOf(s *record.ServerSample) record.Int   { return s.OutputTokens }

// requests compares counts block by block, so that what one lacks cannot hide
// what another has too many.
func (check *crossCheck) requests(v *record.ServerView, all []stretch, own []ownTraffic) {
	v.Preemptions = risen(all, func(s *record.ServerSample) record.Int { return s.Preemptions })
	v.RequestsDelta = risen(all, requestsOf)
	if !v.RequestsDelta.Known() {
		return
	}
	var foreign, sure, unclear int64
	for i, s := range all {
		n, _ := s.rise(requestsOf)
		check.seconds += (s.to - s.from) / 1000
		sure, unclear = sure+own[i].sure, unclear+own[i].unclear
		check.fewer += max(own[i].sure-n, 0)
		foreign += max(n-own[i].sure-own[i].unclear, 0)
	}
	v.OwnRequests, v.UnclearRequests = record.Some(sure), record.Some(unclear)
	if check.fewer == 0 {
		v.ForeignRequests = record.Some(foreign)
	}
}

// tokens compares tokens where all of ours are known.
func (check *crossCheck) tokens(v *record.ServerView, all []stretch, own []ownTraffic) {
	v.PromptTokensDelta, v.OutputTokensDelta = risen(all, promptOf), risen(all, outputOf)
	var promptUnknown, outputUnknown bool
	for _, o := range own {
		check.ownPrompt, check.ownOutput = check.ownPrompt+o.prompt, check.ownOutput+o.output
		promptUnknown = promptUnknown || o.promptUnknown || o.unclear > 0
		outputUnknown = outputUnknown || o.outputUnknown || o.unclear > 0
	}
	if n, known := v.PromptTokensDelta.Get(); known && !promptUnknown {
		v.PromptTokensResidual = record.Some(n - check.ownPrompt)
	}
	if n, known := v.OutputTokensDelta.Get(); known && !outputUnknown {
		v.OutputTokensResidual = record.Some(n - check.ownOutput)
	}
}
