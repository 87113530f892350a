package summary

import (
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// tally says whether an engine counts a request among those that ended.
type tally uint8

const (
	notCounted tally = iota
	counted
	// maybeCounted is a request that came to the engine and was broken off:
	// whether that counts depends on the engine, its version, and who was first.
	maybeCounted
)

// tallyOf a status. What never came to an engine, or was refused by it, is not
// generated, and no engine counts it as ended.
func tallyOf(s record.Status) tally {
	switch s {
	case record.StatusOK:
		return counted
	case record.StatusRefused, record.StatusDNS, record.StatusTLS, record.StatusTimeoutConnect,
		record.StatusHTTP4xx, record.StatusHTTP429, record.StatusOverloaded:
		return notCounted
	}
	return maybeCounted
}

// ownTraffic is what we sent within a stretch: warm-up requests, every attempt,
// of whatever scenario.
type ownTraffic struct {
	sure, unclear                int64
	prompt, output               int64
	promptUnknown, outputUnknown bool
	// answered counts those that had a first token, ttft adds their TTFT up.
	answered int64
	ttft     float64
}

// ownIn adds up what we sent to the endpoint of some stretches, in each.
func (a *Aggregator) ownIn(all []stretch) []ownTraffic {
	own, cut := make([]ownTraffic, len(all)), make(spans, len(all))
	if len(all) == 0 {
		return own
	}
	for i, s := range all {
		cut[i] = s.span
	}
	for _, c := range a.cells {
		if c.endpoint != all[0].open.Endpoint {
			continue
		}
		for r := range c.rows.all {
			if i, inside := cut.at(r.at); inside {
				own[i].add(r)
			}
		}
	}
	return own
}

func (o *ownTraffic) add(r *row) {
	if !math.IsNaN(r.ttft) {
		o.answered++
		o.ttft += r.ttft
	}
	switch r.tally {
	case notCounted:
	case maybeCounted:
		o.unclear++
	case counted:
		o.sure++
		o.promptUnknown = o.promptUnknown || math.IsNaN(r.promptTokens)
		o.outputUnknown = o.outputUnknown || math.IsNaN(r.outputTokens) || r.estimated
		if !o.promptUnknown {
			o.prompt += int64(r.promptTokens)
		}
		if !o.outputUnknown {
			o.output += int64(r.outputTokens)
		}
	}
}
