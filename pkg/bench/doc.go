// Package bench runs one benchmark: preflight, warm-up, interleaved
// iterations, load scenarios, and interruption.
//
// [Run] takes a plan and the engines to measure and hands every finished
// request to a [Sink] as a record.Sample and every stretch of a scenario as a
// record.Block. It must not know where an endpoint came from, what becomes of
// the samples, or how progress is shown.
package bench
