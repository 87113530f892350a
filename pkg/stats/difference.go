package stats

import (
	"math"
	"slices"
)

// Difference is how much larger a statistic of one sample is than that of
// another.
type Difference struct {
	// Estimate is the statistic of the second sample less that of the first.
	Estimate float64
	// CI is its interval, and PValue the two-sided probability of an estimate as
	// far from 0 where there is no difference.
	CI     Interval
	PValue float64
}

// BootstrapDifference returns of(b) - of(a) for two samples that were measured
// apart, each in time order. Both are resampled by themselves, in blocks of
// r.Block or, where that is 0, of the length that suits each. The interval is
// the expanded percentile one, as in [BlockBootstrap], with the
// degrees of freedom after Welch ("The Generalization of Student's Problem",
// Biometrika 34, 1947), and the p-value is that interval turned round: it is
// below 0.05 where the 95 % interval leaves out 0, but for what lies between two
// replicates. With R resamples no p-value is below about 2/R.
//
// There is none where either sample has no [BlockBootstrap].
func BootstrapDifference(a, b []float64, of Statistic, r Resampling) (Difference, bool) {
	if !usable(a) || !usable(b) || !r.proper() {
		return Difference{}, false
	}
	blockA, blockB := r.block(a), r.block(b)
	blocksA, blocksB := float64(len(a))/float64(blockA), float64(len(b))/float64(blockB)
	if blocksA < minBlocks || blocksB < minBlocks {
		return Difference{}, false
	}
	rng, sa, sb := r.random(), newResampler(a), newResampler(b)
	fromA := r.replicates(sa, of, rng, blockA)
	fromB := r.replicates(sb, of, rng, blockB)
	width := welch(variance(fromA), blocksA, variance(fromB), blocksB)
	return difference(of(sb.sorted)-of(sa.sorted), fromA, fromB, width, r.Level)
}

// PairedDifference returns of(b) - of(a) for two samples whose a[i] and b[i]
// belong together, as the answers of two engines in one iteration do. Pairs are
// drawn together, in blocks of r.Block or of the longest that suits a, b or
// their difference, so what both have in common cancels. Interval and
// p-value are those of [BootstrapDifference]; for quantiles they are wider and
// larger than need be where a common drift is what moves both.
//
// There is none where the samples differ in length or have no [BlockBootstrap].
func PairedDifference(a, b []float64, of Statistic, r Resampling) (Difference, bool) {
	if len(a) != len(b) || !usable(a) || !usable(b) || !r.proper() {
		return Difference{}, false
	}
	between := make([]float64, len(a))
	for i := range a {
		between[i] = b[i] - a[i]
	}
	block := r.block(a, b, between)
	blocks := float64(len(a)) / float64(block)
	if blocks < minBlocks {
		return Difference{}, false
	}
	rng, sa, sb := r.random(), newResampler(a), newResampler(b)
	positions := make([]int32, len(a))
	fromA, fromB := make(Sorted, r.resamples()), make(Sorted, r.resamples())
	for i := range fromA {
		draw(rng, positions, block)
		fromA[i], fromB[i] = of(sa.take(positions)), of(sb.take(positions))
	}
	width := spread{freedom: blocks - 1, inflation: blocks / (blocks - 1)}
	return difference(of(sb.sorted)-of(sa.sorted), fromA, fromB, width, r.Level)
}

// difference makes the result of the replicates of both, fromB being used up.
func difference(estimate float64, fromA, fromB Sorted, width spread, level float64) (Difference, bool) {
	for i := range fromB {
		fromB[i] -= fromA[i]
	}
	if !finite(fromB) || math.IsNaN(estimate) {
		return Difference{}, false
	}
	slices.Sort(fromB)
	return Difference{Estimate: estimate, CI: width.interval(fromB, level), PValue: width.pValue(fromB)}, true
}

// welch joins the spreads of two samples of so many blocks, whose replicates
// have these variances.
func welch(varA, blocksA, varB, blocksB float64) spread {
	sum := varA + varB
	if !(sum > 0) {
		fewest := math.Min(blocksA, blocksB)
		return spread{freedom: fewest - 1, inflation: fewest / (fewest - 1)}
	}
	shareA, shareB := varA/sum, varB/sum
	freedom := 1 / (shareA*shareA/(blocksA-1) + shareB*shareB/(blocksB-1))
	return spread{freedom: freedom, inflation: shareA*blocksA/(blocksA-1) + shareB*blocksB/(blocksB-1)}
}

func variance(sample []float64) float64 {
	mean, sum := Mean(sample), 0.0
	for _, x := range sample {
		square := (x - mean) * (x - mean)
		sum += square
	}
	return sum / float64(len(sample)-1)
}
