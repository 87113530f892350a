// Package history reads the result files of other benchmarks, so that a team can
// compare with what it measured before, and writes one that other programs read.
//
// [Read] tells by its content whether a file is of `vllm bench serve` or of
// GuideLLM and makes a [Run] of it: a summary, the numbers of single requests
// where the file has them, and warnings that say in what its definitions differ
// from those of this program. [WriteVLLM] writes a scenario as `vllm bench serve`
// would. The package must not know where files lie or how runs are compared.
package history
