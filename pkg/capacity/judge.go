package capacity

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/slo"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// Rules are what a step is judged by.
type Rules struct {
	SLO slo.SLO
	// Confidence is the level of a step's verdict, 0..1.
	Confidence float64
	// StepS and MaxStepS are the shortest and the longest measured time of a
	// step, in seconds.
	StepS, MaxStepS float64
}

// Looks are the times, in seconds of the measured window, at which a step is
// looked at: the shortest, each twice the one before, and the longest.
func (r Rules) Looks() []float64 {
	var looks []float64
	for at := r.StepS; at < r.MaxStepS; at *= 2 {
		looks = append(looks, at)
	}
	return append(looks, r.MaxStepS)
}

// level is that of a single interval, so that all looks and limits together err
// no more often than Confidence allows (Bonferroni). An interval errs by half of
// that on the side that matters: for a miss each limit may, for a hold all must,
// so two limits have one share each.
func (r Rules) level() float64 {
	shares := len(r.Looks()) * max(len(r.SLO)+1, 2) / 2
	return 1 - (1-r.Confidence)/float64(shares)
}

// graceS is how long after it was due a request is certain to have broken a
// limit or to have kept it, in seconds.
func (r Rules) graceS() float64 {
	longest := 0.0
	for _, l := range r.SLO {
		if l.Metric != slo.Success && l.Metric != "tpot" {
			longest = max(longest, l.MaxMS)
		}
	}
	return longest / 1000
}

// Judge says whether the SLO held in a step, as far as it has gone. The rates
// of the point are left to whoever measured them.
func (r Rules) Judge(offeredPerS float64, o Observation) Step {
	s := Step{Point: record.CapacityPoint{OfferedPerS: offeredPerS, Dropped: o.Dropped, Verdict: record.CapacityCannotSay}}
	for _, q := range o.Requests {
		if q.AtS >= 0 {
			s.Point.Requests++
			if q.Outcome == Failed {
				s.Point.Failed++
			}
		}
	}
	settled := max(o.settledS(), 0)
	for _, l := range r.SLO {
		s.Point.Limits = append(s.Point.Limits, r.limit(l, o, min(settled, o.NowS/2)))
	}
	b := o.backlog(clearRise)
	s.Growing = b.growing || o.Dropped > 0
	s.ClientBound = len(o.ClientBound) > 0
	r.decide(&s, o, b)
	if s.Point.Verdict == record.CapacityHolds && settled > o.NowS/2 {
		s.Point.Verdict = record.CapacityCannotSay
		s.Point.Reason = fmt.Sprintf("requests take about as long as the step, so its load had not settled after %.3g s: raise warmup_seconds or max_step_seconds", o.NowS)
	}
	return s
}

// decide makes one verdict of the limits, the backlog and the client's health.
func (r Rules) decide(s *Step, o Observation, b backlog) {
	p := &s.Point
	missed, open := first(p.Limits, record.CapacityMisses), first(p.Limits, record.CapacityCannotSay)
	switch {
	case s.ClientBound:
		p.Reason = "the client was the limit: " + strings.Join(o.ClientBound, "; ")
	case missed != nil:
		p.Verdict, p.Reason = record.CapacityMisses, limitText(*missed)
	case o.Dropped > 0:
		p.Verdict = record.CapacityMisses
		p.Reason = fmt.Sprintf("%d requests were due while as many as may be were under way", o.Dropped)
	case b.growing:
		p.Verdict = record.CapacityMisses
		p.Reason = fmt.Sprintf("ever more requests were under way: %.0f on average, then %.0f", b.before, b.after)
	case open != nil:
		p.Reason = limitText(*open)
	case b.unclear:
		p.Reason = fmt.Sprintf("the requests under way rose from %.0f to %.0f on average, which may be chance", b.before, b.after)
	default:
		p.Verdict, p.Reason = record.CapacityHolds, limitText(r.tightest(p.Limits))
	}
}

// tightest is the limit that came nearest to being missed.
func (r Rules) tightest(limits []record.CapacityLimit) record.CapacityLimit {
	nearest, room := limits[0], math.Inf(1)
	for i, l := range limits {
		share := math.Inf(1)
		switch {
		case l.CI == nil:
		case r.SLO[i].Metric == slo.Success:
			share = (1 - r.SLO[i].MinShare()) / max(1-l.CI[0], 1e-9)
		default:
			share = r.SLO[i].MaxMS / l.CI[1]
		}
		if share < room {
			nearest, room = l, share
		}
	}
	return nearest
}

func (r Rules) limit(l slo.Limit, o Observation, sinceS float64) record.CapacityLimit {
	if l.Metric == slo.Success {
		return r.success(l, o)
	}
	out := record.CapacityLimit{Limit: l.String(), Verdict: record.CapacityCannotSay}
	values := o.series(l.Metric, sinceS, r.graceS())
	sorted := stats.Sorted(slices.Clone(values))
	slices.Sort(sorted)
	q, ok := stats.Quantile(sorted, l.P())
	if !ok {
		return out
	}
	low, high, ok := dependentInterval(values, sorted, q, l.P(), r.level())
	if !ok {
		if r.mostlyBeyond(values, l) {
			out.Actual, out.Verdict = record.Some(q), record.CapacityMisses
		}
		return out
	}
	out.Actual, out.CI = record.Some(q), finite(low, high)
	switch {
	case high <= l.MaxMS:
		out.Verdict = record.CapacityHolds
	case low > l.MaxMS:
		out.Verdict = record.CapacityMisses
	}
	return out
}

// mostlyBeyond says that more requests than may are beyond the limit, where
// there are too few for an interval of the quantile: a share of a third needs
// no hundred requests to be told from a twentieth.
func (r Rules) mostlyBeyond(values []float64, l slo.Limit) bool {
	beyond, n := make([]bool, len(values)), 0.0
	for i, v := range values {
		if beyond[i] = v > l.MaxMS; beyond[i] {
			n++
		}
	}
	all := float64(len(values))
	low, _ := wilson(n/all, all/inflation(beyond), r.level())
	return low > 1-l.P()
}

// finite is an interval that a document can hold: an infinite end, which failed
// requests make, has none.
func finite(low, high float64) *record.Interval {
	if math.IsInf(low, 0) || math.IsInf(high, 0) {
		return nil
	}
	return &record.Interval{low, high}
}

// dependentInterval is the distribution-free interval of a quantile from
// observations that depend on each other. Whether an observation exceeds the
// quantile is a yes or no whose mean has the variance of fewer independent
// ones; the interval has the ranks of so few, spread over all.
func dependentInterval(values []float64, sorted stats.Sorted, q, p, level float64) (low, high float64, ok bool) {
	beyond := make([]bool, len(values))
	for i, v := range values {
		beyond[i] = v > q
	}
	n := sorted.N()
	fewer := int64(float64(n) / inflation(beyond))
	ranks, ok := stats.IntervalRanks(fewer, p, level)
	if !ok {
		return 0, 0, false
	}
	spread := float64(n) / float64(fewer)
	lowRank := max(int64(math.Floor(float64(ranks.Low)*spread)), 1)
	highRank := min(int64(math.Ceil(float64(ranks.High)*spread)), n)
	return sorted.At(lowRank), sorted.At(highRank), true
}

// success judges the share of requests that succeeded by Wilson's score
// interval (E. B. Wilson, Journal of the American Statistical Association 22,
// 1927), from as few observations as the clustering of failures leaves.
func (r Rules) success(l slo.Limit, o Observation) record.CapacityLimit {
	out := record.CapacityLimit{Limit: l.String(), Verdict: record.CapacityCannotSay}
	outcomes := o.outcomes()
	if len(outcomes) == 0 {
		return out
	}
	failed := 0
	for _, f := range outcomes {
		if f {
			failed++
		}
	}
	share := 1 - float64(failed)/float64(len(outcomes))
	low, high := wilson(share, float64(len(outcomes))/inflation(outcomes), r.level())
	out.Actual, out.CI = record.Some(share), &record.Interval{low, high}
	switch {
	case low >= l.MinShare():
		out.Verdict = record.CapacityHolds
	case high < l.MinShare():
		out.Verdict = record.CapacityMisses
	}
	return out
}

func wilson(share, n, level float64) (low, high float64) {
	z := math.Sqrt2 * math.Erfinv(level)
	middle := (share + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(share*(1-share)/n+z*z/(4*n*n))
	return max(middle-half, 0), min(middle+half, 1)
}

// limitText says how a limit came out: "ttft:p95<500ms: 412 ms (390..440)".
func limitText(l record.CapacityLimit) string {
	v, known := l.Actual.Get()
	if !known {
		if l.Verdict == record.CapacityMisses {
			return l.Limit + ": too many requests failed"
		}
		return l.Limit + ": too few requests to say"
	}
	scale, unit := 1.0, " ms"
	if strings.HasPrefix(l.Limit, slo.Success) {
		scale, unit = 100, " %"
	}
	digits := func(v float64) string { return strconv.FormatFloat(v*scale, 'f', decimals(v*scale), 64) }
	text := l.Limit + ": " + digits(v) + unit
	if l.CI != nil {
		text += " (" + digits(l.CI[0]) + ".." + digits(l.CI[1]) + ")"
	}
	return text
}

// decimals leaves a number about three significant digits.
func decimals(v float64) int {
	switch {
	case v >= 100:
		return 0
	case v >= 10:
		return 1
	}
	return 2
}

// first is the first limit with a verdict, nil where none has it.
func first(limits []record.CapacityLimit, verdict string) *record.CapacityLimit {
	for i := range limits {
		if limits[i].Verdict == verdict {
			return &limits[i]
		}
	}
	return nil
}
