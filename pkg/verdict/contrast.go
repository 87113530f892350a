package verdict

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// contrast is what sets one number of two engines, or of two runs, apart.
type contrast struct {
	effect record.Effect
	// p is two-sided and not yet corrected; absent where nothing could be tested.
	p record.Float
	// basis is what was tested, one of the Basis constants of package record.
	basis string
	// settles is how many observations each would do for a difference of this
	// size to be significant: 0 where that is not known, math.MaxInt where none.
	settles int
}

// method is how two numbers are compared.
type method struct {
	level     float64
	seed      uint64
	resamples int
	// sequential says that requests were sent one at a time, so that they do not
	// disturb each other. Otherwise neighbours in time are alike.
	sequential bool
	// interleaved says that observation i of both belongs to one iteration.
	interleaved bool
	// location says that the number tells where a distribution lies rather than
	// how far its tail reaches: then ranks must agree.
	location bool
}

// The least that a comparison of observations takes, below which it says nothing.
const (
	minObserved = stats.MinResampled // requests to each
	minSlices   = 20                 // of a timeline, or requests under load
)

// compare sets b against a: the difference is b less a.
func (m method) compare(a, b number) contrast {
	c := contrast{effect: effectOf(a, b)}
	switch {
	case !a.Known() || !b.Known():
		return c
	case a.share:
		return m.shares(c, a, b)
	case m.enough(a) && m.enough(b):
		return m.observations(c, a, b)
	}
	return m.intervals(c, a, b)
}

func effectOf(a, b number) record.Effect {
	va, knownA := a.Get()
	vb, knownB := b.Get()
	if !knownA || !knownB {
		return record.Effect{}
	}
	e := record.Effect{Difference: record.Some(vb - va)}
	if va != 0 {
		e.Ratio = record.Some(vb / va)
	}
	return e
}

func (m method) enough(n number) bool {
	least := minObserved
	if !m.sequential {
		least = minSlices
	}
	return n.of != nil && len(n.observed) >= least
}

// observations compares what single requests or slices show. The p-value is the
// bootstrap's; of a location in a sequential scenario the larger of it and
// Mann and Whitney's, so that both must agree.
func (m method) observations(c contrast, a, b number) contrast {
	r := stats.Resampling{Level: m.level, Seed: m.seed, Resamples: m.draws(len(a.observed) + len(b.observed))}
	difference := stats.BootstrapDifference
	if m.sequential {
		r.Block = 1
		if m.interleaved && a.whole && b.whole && len(a.observed) == len(b.observed) {
			difference = stats.PairedDifference
		}
	}
	d, ok := difference(a.observed, b.observed, a.of, r)
	if !ok {
		return m.intervals(c, a, b)
	}
	// The interval is moved to the numbers that are shown, from which those of the
	// observations may differ by the rounding of slices.
	shift := c.effect.Difference.Or(d.Estimate) - d.Estimate
	c.effect.CI = &record.Interval{d.CI.Low + shift, d.CI.High + shift}
	p := m.tailOf(d)
	if m.location && m.sequential {
		if _, ranks, ok := stats.MannWhitney(a.observed, b.observed); ok {
			p = math.Max(p, ranks)
		}
	}
	c.p, c.basis = record.Some(p), record.BasisSamples
	c.settles = stats.SamplesToSettle(d, min(len(a.observed), len(b.observed)), m.level)
	return c
}

// work bounds how many observations are drawn for one comparison, so that a run
// of a million requests is judged in seconds. Fewer than leastResamples would
// not tell where an interval ends.
const (
	work           = 20_000_000
	leastResamples = 400
)

// draws is how many samples are drawn of so many observations.
func (m method) draws(observations int) int {
	most := stats.DefaultResamples
	if m.resamples > 0 {
		most = m.resamples
	}
	return min(most, max(leastResamples, work/max(observations, 1)))
}

// tailOf is a bootstrap's p-value. Counting replicates tells no less than about
// 2 in their number, which corrections for many comparisons would use up. Where 0
// is farther from the estimate than twice the interval's end is, no replicate
// lies beyond it; the p-value is then that of an estimate with this interval,
// normal for single requests, and under load with the 7 degrees of freedom of 8
// blocks, the fewest that stats wishes for. Farther out than smallestP no such
// approximation holds.
func (m method) tailOf(d stats.Difference) float64 {
	toZero := d.Estimate - d.CI.Low
	if d.Estimate < 0 {
		toZero = d.CI.High - d.Estimate
	}
	if math.Abs(d.Estimate) <= 2*toZero {
		return d.PValue
	}
	freedom := 7.0
	if m.sequential {
		freedom = math.Inf(1)
	}
	return math.Min(d.PValue, math.Max(twoSided(d.Estimate, toZero, m.level, freedom), smallestP))
}

const smallestP = 1e-6

// intervals compares two numbers by their intervals, where single requests were
// not kept or are too few to resample. Under load those that were kept and could
// not be resampled say nothing: the intervals take them for independent. Each
// interval's width gives a standard error, and the p-value is that of a normal
// difference. There is none where the intervals overlap, so that such a pair is
// never significant: two that just touch at 95 % have a p-value of 0.006 where
// they are equally wide.
func (m method) intervals(c contrast, a, b number) contrast {
	dependent := !m.sequential && a.observed != nil && b.observed != nil
	if a.ci == nil || b.ci == nil || dependent {
		return c
	}
	c.basis = record.BasisIntervals
	va, _ := a.Get()
	vb, _ := b.Get()
	// The difference's interval adds variances, each side by itself (Newcombe's
	// square-and-add; Zou and Donner, Statistics in Medicine 27, 2008).
	low := math.Hypot(vb-b.ci[0], a.ci[1]-va)
	high := math.Hypot(b.ci[1]-vb, va-a.ci[0])
	d := vb - va
	c.effect.CI = &record.Interval{d - low, d + high}
	if a.ci[1] >= b.ci[0] && b.ci[1] >= a.ci[0] {
		return c
	}
	toZero := low
	if d < 0 {
		toZero = high
	}
	c.p = record.Some(math.Max(twoSided(d, toZero, m.level, math.Inf(1)), smallestP))
	return c
}

// twoSided is the p-value of an estimate whose interval at a level has this
// half-width, if it varies as Student's distribution with so many degrees of
// freedom does; infinitely many are the normal distribution.
func twoSided(d, halfWidth, level, freedom float64) float64 {
	if halfWidth <= 0 {
		return 0
	}
	in := math.Abs(d) / halfWidth
	if math.IsInf(freedom, 1) {
		return 2 * distuv.UnitNormal.Survival(in*distuv.UnitNormal.Quantile((1+level)/2))
	}
	student := distuv.StudentsT{Sigma: 1, Nu: freedom}
	return 2 * student.Survival(in*student.Quantile((1+level)/2))
}

// shares compares two success shares, as if there had been as many attempts as
// their bunching leaves.
func (m method) shares(c contrast, a, b number) contrast {
	effect := math.Max(a.bunched, b.bunched)
	x, y := thinned(a, effect), thinned(b, effect)
	d, ok := stats.DifferenceOfProportions(x.hits, x.tries, y.hits, y.tries, m.level)
	if !ok {
		return c
	}
	shift := c.effect.Difference.Or(d.Estimate) - d.Estimate
	c.effect.CI = &record.Interval{math.Max(d.CI.Low+shift, -1), math.Min(d.CI.High+shift, 1)}
	c.p, c.basis = record.Some(d.PValue), record.BasisSamples
	c.settles = stats.SamplesToSettle(d, int(min(x.tries, y.tries)), m.level)
	return c
}

type counts struct{ hits, tries int64 }

// thinned divides the counts of a share by a design effect.
func thinned(n number, effect float64) counts {
	tries := math.Max(math.Round(float64(n.tries)/effect), 1)
	share, _ := n.Get()
	return counts{hits: int64(math.Round(share * tries)), tries: int64(tries)}
}

// holm corrects the p-values that are known for how many there are. An absent
// one stays absent and still counts as a comparison that was made.
func holm(ps []record.Float) []record.Float {
	values := make([]float64, len(ps))
	for i, p := range ps {
		values[i] = p.Or(1)
	}
	adjusted := stats.Holm(values)
	out := slices.Clone(ps)
	for i := range out {
		if out[i].Known() {
			out[i] = record.Some(adjusted[i])
		}
	}
	return out
}
