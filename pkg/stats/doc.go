// Package stats is the mathematics of results: order statistics of a sample
// and what they say of the distribution behind it.
//
// A sample is anything [Ordered]: [Sorted] holds single values, [Counted] holds
// distinct values with how often each came. [Quantile] is the exact order
// statistic by nearest rank, [QuantileInterval] its distribution-free
// confidence interval and [MinSamples] the size below which that interval does
// not exist.
//
// Intervals of any [Statistic] come from resampling: [BCa] where observations
// are independent of each other, [BlockBootstrap] where neighbours are not.
// [BootstrapDifference], [PairedDifference], [MannWhitney] with [HodgesLehmann]
// and [DifferenceOfProportions] compare two samples, [Holm] keeps many such
// comparisons honest.
//
// All of these are for a sample whose size was settled beforehand.
// [SignEvidence] and [MedianSequence] are for one that is looked at as it grows.
//
// The package knows no metric, no unit and no engine and does no I/O. Random
// numbers are drawn from a seed that the caller gives, and on all machines
// alike, so equal arguments give equal results, but for the last digits where a
// processor rounds once what others round twice.
package stats
