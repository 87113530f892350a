package capacity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// What a result says gave way first.
const (
	limitedByQueue   = "queue"
	limitedByKVCache = "kv-cache"
	limitedByCompute = "compute"
	limitedByErrors  = "errors"
	limitedByClient  = "client"
	limitedBySearch  = "search-limit"
	limitedUnknown   = "unknown"
)

// Conclude says what the steps of an engine's search amount to. The curve is
// in the order of its rates.
func (s Search) Conclude(engine string, r Rules, steps []Step) record.CapacityResult {
	out := record.CapacityResult{Engine: engine, SLO: r.SLO.String(), Confidence: r.Confidence, Curve: []record.CapacityPoint{}}
	sorted := slices.SortedStableFunc(slices.Values(steps), func(a, b Step) int {
		return cmp.Compare(a.Point.OfferedPerS, b.Point.OfferedPerS)
	})
	for _, step := range sorted {
		out.Curve = append(out.Curve, step.Point)
	}
	out.RatePerS, out.CI = record.CapacityBracket(out.Curve)
	out.LimitedBy, out.Reason = s.limitedBy(out, sorted)
	return out
}

// limitedBy names what gave way at the lowest rate above the one that held.
func (s Search) limitedBy(found record.CapacityResult, sorted []Step) (by, reason string) {
	holds := found.RatePerS.Or(0)
	for i, step := range sorted {
		p := step.Point
		switch {
		case p.OfferedPerS <= holds:
		case step.ClientBound:
			return limitedByClient, fmt.Sprintf("at %.4g requests/s %s", p.OfferedPerS, p.Reason)
		case p.Verdict == record.CapacityMisses:
			return step.gaveWay(i > 0), fmt.Sprintf("at %.4g requests/s %s", p.OfferedPerS, p.Reason)
		}
	}
	if holds > 0 && holds >= s.MaxPerS {
		return limitedBySearch, fmt.Sprintf("the SLO still held at max_rate_per_s, %.4g requests/s", s.MaxPerS)
	}
	if len(sorted) == 0 {
		return limitedUnknown, "no step was measured"
	}
	last := sorted[len(sorted)-1].Point
	return limitedUnknown, fmt.Sprintf("no rate was shown to miss the SLO; at %.4g requests/s %s", last.OfferedPerS, last.Reason)
}

// Signs of a cause in the engine's own account.
const (
	fullCache   = 0.95 // the share of a KV cache in use
	longQueue   = 1.0  // requests that wait on average
	manyFailing = 0.05 // the share of requests that fail
)

// gaveWay reads the cause of a miss off what the step shows. lower says that a
// lower rate did not miss: an engine that misses at every rate is too slow even
// where nothing waits.
func (s Step) gaveWay(lower bool) string {
	p := s.Point
	misses := func(metric string) bool {
		return slices.ContainsFunc(p.Limits, func(l record.CapacityLimit) bool {
			return l.Verdict == record.CapacityMisses && strings.HasPrefix(l.Limit, metric)
		})
	}
	late := misses("ttft") || misses("ttfa") || misses("e2e")
	switch {
	case misses("success") || float64(p.Failed) > manyFailing*float64(p.Requests):
		return limitedByErrors
	case s.cacheIsFull():
		return limitedByKVCache
	case s.Growing || s.Server != nil && s.Server.Queue != nil && s.Server.Queue.Mean >= longQueue:
		return limitedByQueue
	case misses("tpot") && !misses("ttft"), late && !lower:
		return limitedByCompute
	case misses("ttft") && !misses("tpot"):
		return limitedByQueue
	}
	return limitedUnknown
}

func (s Step) cacheIsFull() bool {
	v := s.Server
	return v != nil && (v.KVCache != nil && v.KVCache.Max > fullCache || v.Preemptions.Or(0) > 0)
}
