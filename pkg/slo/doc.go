// Package slo reads service level objectives: limits that statistics of a load
// must keep, written as ttft:p95<500ms,tpot:p95<50ms,success>=99%.
//
// [Parse] makes an [SLO] of such a text and [Presets] holds those of published
// benchmarks. The package must not know how anything is measured or judged.
package slo
