package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// minBlocks is how many blocks a series must hold for an interval: with fewer
// it is one stretch of a process that has hardly been seen.
const minBlocks = 5

// BlockBootstrap returns an interval of a statistic of a series in time order
// whose neighbours may depend on each other, as requests under load do. Blocks
// of neighbours are drawn together (Künsch, "The Jackknife and the Bootstrap
// for General Stationary Observations", Annals of Statistics 17, 1989), the
// first following the last, which makes it circular (Politis and Romano, "A
// Circular Block-Resampling Procedure for Stationary Data", 1992).
//
// The interval is the expanded percentile one (Hesterberg, "What Teachers
// Should Know About the Bootstrap", The American Statistician 69, 2015, 5.3):
// the percentiles of the replicates lie as much further out as Student's
// distribution does with one degree of freedom less than there are blocks. That
// many is what a series of n/block blocks has to tell its own variance from,
// and the plain percentiles of some twenty blocks cover too little.
//
// r.Block 0 takes AutoBlock's length to the power of 3/2, as long as that leaves
// 8 blocks: see coveringBlock. So a 95 % interval of the mean, the median or p95
// covers 93 % to 97 % of the time for AR(1) series of 200 and more with a
// correlation of 0.5 and less between neighbours, also skewed ones; at 0.8 it
// takes more than 200 for that. There is no interval of fewer than MinResampled
// observations, fewer than 5 blocks, or values that are not finite.
func BlockBootstrap(series []float64, of Statistic, r Resampling) (Interval, bool) {
	if !usable(series) || !r.proper() {
		return Interval{}, false
	}
	block := r.block(series)
	blocks := float64(len(series)) / float64(block)
	if blocks < minBlocks {
		return Interval{}, false
	}
	all := r.replicates(newResampler(series), of, r.random(), block)
	if !finite(all) {
		return Interval{}, false
	}
	slices.Sort(all)
	return spread{freedom: blocks - 1, inflation: blocks / (blocks - 1)}.interval(all, r.Level), true
}

// block is the length of the blocks that some series are drawn in together: the
// longest that one of them needs, where the caller does not say.
func (r Resampling) block(series ...[]float64) int {
	if r.Block > 0 {
		return r.Block
	}
	longest := 1
	for _, s := range series {
		longest = max(longest, coveringBlock(s))
	}
	return longest
}

// wishedBlocks is how many blocks a length that is longer than AutoBlock's leaves.
const wishedBlocks = 8

// coveringBlock is the length with which an interval covers as it says.
// AutoBlock makes the variance's error smallest, with a length that grows as
// the third root of n; but short blocks make the variance too small, which an
// interval takes worse than an uncertain one, whose degrees of freedom make up
// for that. The length that is best for tests grows as the square root (Sun,
// Phillips and Jin, "Optimal Bandwidth Selection in Heteroskedasticity-
// Autocorrelation Robust Testing", Econometrica 76, 2008, for Bartlett's
// kernel, to which drawing blocks of a mean amounts), the 3/2th power of it.
func coveringBlock(series []float64) int {
	auto := AutoBlock(series)
	longer := int(math.Ceil(math.Pow(float64(auto), 1.5)))
	return max(auto, min(longer, len(series)/wishedBlocks))
}

// spread says how far a statistic may lie from its replicates' middle.
type spread struct {
	// freedom are the degrees of freedom of the replicates' variance.
	freedom float64
	// inflation is what that variance must be multiplied with, as n/(n-1) of
	// the variance of a sample, to be right on average.
	inflation float64
}

func (s spread) student() distuv.StudentsT { return distuv.StudentsT{Sigma: 1, Nu: s.freedom} }

// interval returns the expanded percentiles of sorted replicates.
func (s spread) interval(sorted Sorted, level float64) Interval {
	t := s.student().Quantile((1 + level) / 2)
	share := distuv.UnitNormal.CDF(-t * math.Sqrt(s.inflation))
	n := sorted.N()
	low := Rank(n, share)
	return Interval{Low: sorted.At(low), High: sorted.At(n + 1 - low)}
}

// pValue is 1 less the level of the interval that just reaches 0: two-sided,
// and never below what so many replicates can tell.
func (s spread) pValue(sorted Sorted) float64 {
	n := float64(len(sorted))
	share := shareBelow(sorted, 0)
	share = math.Max(math.Min(share, 1-share), 1/(n+1))
	z := -distuv.UnitNormal.Quantile(math.Min(share, 0.5))
	return math.Min(1, 2*s.student().Survival(z/math.Sqrt(s.inflation)))
}
