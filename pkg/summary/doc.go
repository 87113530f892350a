// Package summary turns what a run measured into what it amounts to.
//
// An [Aggregator] takes samples and blocks one by one, keeps some hundred bytes
// of each sample, and computes a record.Summary whenever it is asked. The same
// code sums up a run that is under way and one read back from its directory, so
// the two cannot differ. [Gaps] is the histogram in which a block keeps the
// gaps between frames. The package must not know how anything was measured or
// where it is stored.
//
// # What counts
//
// Only samples of the measure phase enter counts and distributions; the load
// marks a request by when it was scheduled, so one that began in the window
// and ended after it counts, and one that began before does not. Every attempt
// is a sample of its own in requests, succeeded, failed and errors. An attempt
// that the client itself ended (cancelled) is a request that neither succeeded
// nor failed: its engine might have answered. It has no part in distributions
// or SLO attainment, and a finding says so where there are many, because those
// cut off are the slow ones.
//
// # Latency
//
// Distributions hold successful attempts only. TTFT, TTFA and E2E count from
// the attempt's own send, except for a retry, which counts from when its
// request was first scheduled: the failed attempts and the backoff before it
// are part of what its user waited, and an engine that refuses quickly and
// answers the retry must not look fast. A retry's TPOT is its own. Percentiles
// and intervals appear where stats.MinSamples allows them. Those of gaps treat
// every gap as an independent observation, which neighbours in one answer are
// not: their intervals are narrower than the truth.
//
// # Rates
//
// A load's rates are over the measured windows of its blocks. A successful
// request counts by the part of its time, from send to last token, that lies
// inside; its output tokens, thought to be spread evenly from first to last
// token, and its prompt tokens, from send to first token, likewise. A request
// of the warm-up that reaches into the window counts with that part too, or
// the window's first seconds would look empty. Tokens that came before the
// client cancelled count; those of failed requests do not. A scenario of single
// requests has no rates.
//
// Requests that an open loop dropped are in no rate and no percentile, because
// nothing was sent; they are counted, and a finding says so, as one does where
// less was sent than the load asked for.
package summary
