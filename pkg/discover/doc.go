// Package discover finds the inference engines among a cluster's objects and
// the ways to them, and asks each way what answers there.
//
// [Find] is the whole of it, and works in four steps, the first three of which
// know no network:
//
//   - recognise*.go read pods and Services into candidates: a set of pods, the
//     port the engine serves on, and the evidence for it;
//   - ladder.go, with one file a rung (route.go, httproute.go, ingress.go,
//     service.go, incluster.go), lists the ways to a candidate, the best first,
//     and killers_*.go say what on a way would break a stream;
//   - info.go and readiness.go tell what the pods say of the engine;
//   - probe.go asks every way at once, choose.go takes the best that answers,
//     and names.go names what was found.
//
// The package lists nothing and opens no tunnel itself: it is given an
// inventory and a function. It sends no token to anything it finds.
package discover
