// Package infra judges the ground that the engines of a cluster stand on:
// whether they are well, kept apart, equally equipped and equally set, so that
// what a comparison of them shows is the engines and not the cluster.
//
// [Validate] is the whole of it. It goes through a table of rules (rules.go),
// each a function that reads the objects of a [Ground] and gives checks. A rule
// that could not look gives a skip with the reason, never a pass; every warning
// and failure has a remedy that can be pasted. [Rules] lists them, in groups:
//
//   - access (access.go): the API server, the namespace, the caller's permissions;
//   - engines (pods.go, spec.go, replicas.go, guard.go): pods and what changes them;
//   - anti-affinity (apart*.go): declared, effective, and able to work;
//   - gpu (gpu*.go): what the nodes have and what the engines take of it;
//   - room (room*.go, schedule.go): whether another pod of an engine would fit.
//     Host ports, volumes and GPUs by DRA are not looked at;
//   - nodes (nodes.go): their health and what else runs there;
//   - way-in (way.go, policy*.go): what stands between the caller and an engine;
//   - fairness (fair*.go, settings*.go): in what the engines' settings differ.
//
// The package knows no network and no clock. Of a pod's environment it reads
// the values of settings it knows by name, and of its arguments the same.
package infra
