// Package stats is the mathematics of results: order statistics of a sample
// and what they say of the distribution behind it.
//
// A sample is anything [Ordered]: [Sorted] holds single values, [Counted] holds
// distinct values with how often each came. [Quantile] is the exact order
// statistic by nearest rank, [QuantileInterval] its distribution-free
// confidence interval and [MinSamples] the size below which that interval does
// not exist. The package knows no metric, no unit and no engine, does no I/O
// and draws no random numbers.
package stats
