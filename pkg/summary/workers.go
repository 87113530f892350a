package summary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// maxLateMS is how late a worker may begin a block, in milliseconds, before the
// load of the block's first moments counts as lighter than it was asked for.
const maxLateMS = 500.0

// workersMissed says that not all that workers measured is here.
func (a *Aggregator) workersMissed() bool {
	return slices.ContainsFunc(a.run.Environment.Workers, func(w record.Worker) bool { return !w.Done || w.MissingLines > 0 || w.Lost != "" })
}

// workerFindings say how the workers of a run from inside the cluster did.
func (a *Aggregator) workerFindings() (findings []record.Finding) {
	for _, w := range a.run.Environment.Workers {
		subject := fmt.Sprintf("worker %d", w.Index)
		if w.Lost != "" {
			findings = append(findings, record.Finding{
				ID: "worker-lost", Severity: record.SeverityError, Subject: subject,
				Message: fmt.Sprintf("%s was lost: %s; the %d samples that it had sent are kept, and from then on its part of the load was missing", named(w), w.Lost, w.Samples),
				Remedy:  "measure again; give workers more memory with --worker-memory, or nodes of their own with --worker-node-selector, if that was the reason",
			})
		}
		if w.MissingLines > 0 {
			findings = append(findings, record.Finding{
				ID: "worker-log-gap", Severity: record.SeverityError, Subject: subject,
				Message: fmt.Sprintf("%d lines of its log were rotated away or damaged before they could be read, so samples are missing", w.MissingLines),
				Remedy:  "follow a run while it goes on, use more workers, or have the kubelet keep more (containerLogMaxSize)",
			})
		}
		if w.LateMS > maxLateMS {
			findings = append(findings, record.Finding{
				ID: "worker-late", Severity: record.SeverityWarn, Subject: subject,
				Message: fmt.Sprintf("it began a block %.0f ms after the others, so the load was lighter than was asked for until then", w.LateMS),
				Remedy:  "see whether the caller's way to the API server, or the worker's node, was busy, and measure again",
			})
		}
	}
	return findings
}

func named(w record.Worker) string {
	name := "pod " + w.Pod
	if w.Pod == "" {
		name = "its pod"
	}
	if w.Node != "" {
		name += " on node " + w.Node
	}
	return strings.TrimSpace(name)
}
