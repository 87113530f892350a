// Package fleet runs a benchmark from inside the cluster, with one or many pods
// that share the load.
//
// [Conduct] is the caller's side: it watches the workers' pods, follows their
// logs, lets them begin each block together, and hands what they measured to a
// bench.Sink, as if it had been measured here. [Work] is the pod's side: a run of
// pkg/bench whose sink is a [Writer] of frames on standard output. [Job] and
// [Plan] are what the two have between them.
//
// Workers speak to the caller by lines of their log alone, and the caller to them
// by an annotation of their pods, which the kubelet shows them as a file: nothing
// listens, and no pod needs rights in the cluster.
//
// The package knows no flags, no files and no client of Kubernetes: those come in
// as [Pods] and as functions.
package fleet
