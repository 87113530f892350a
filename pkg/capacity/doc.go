// Package capacity searches for the most load that an engine carries within an
// SLO.
//
// [Search.Next] says which rate to try next, [Rules.Judge] whether the SLO held
// at a rate, from an [Observation] of it, and [Conclude] what all steps together
// amount to. None of them asks a clock or sends anything: whoever does drives
// the search step by step. docs/capacity.md tells the method to its users.
//
// # How a step is judged
//
// A step is looked at when it has run for its shortest time, then for twice
// that, and so on to its longest. Looking often finds what chance shows, so the
// error that the confidence allows is shared out among the looks, and among the
// limits of the SLO. A limit of a quantile holds where the whole distribution-free
// interval of the quantile lies within it, and misses where all of it lies beyond.
// Requests of one step are not independent of each other: one that waited had
// neighbours that waited. The interval is therefore that of fewer observations,
// by the autocorrelation that the step itself shows.
//
// A failed request counts as one that never had its first token. A step in
// which ever more requests are under way misses, whatever its quantiles say,
// because they are those of a queue that has not grown yet.
package capacity
