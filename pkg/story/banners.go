package story

import (
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// banners are what a reader must know before any number.
func banners(s record.Summary) []Callout {
	var all []Callout
	if s.Simulated {
		all = append(all, Callout{Tone: Caution, Title: "SIMULATED",
			Text: "These engines are simulators; the numbers say nothing of real ones."})
	}
	switch {
	case s.Interrupted:
		all = append(all, Callout{Tone: Caution, Title: "INTERRUPTED",
			Text: "The run was interrupted; what was measured until then is shown.", Remedy: "Run it again before deciding on it."})
	case s.Partial:
		all = append(all, Callout{Tone: Caution, Title: "PARTIAL",
			Text: "The run did not reach its end; what was measured until then is shown.", Remedy: "Run it again before deciding on it."})
	}
	if rows := clientBound(s); len(rows) > 0 {
		all = append(all, Callout{Tone: Bad, Title: "CLIENT-BOUND",
			Text:   say("The measuring client was at its limit in %s: those numbers are of this machine as much as of the engine, and take no part in a verdict.", among(rows)),
			Remedy: "Measure again with fewer users, or from a larger machine."})
	}
	if engines := insecure(s); len(engines) > 0 {
		all = append(all, Callout{Tone: Caution, Title: "TLS NOT VERIFIED",
			Text:   say("The certificate of %s was not verified: nothing proves that it was this engine that answered.", among(engines)),
			Remedy: "Give its authority with --engine-ca-file."})
	}
	return all
}

// clientBound lists the engines and scenarios whose client was at its limit.
func clientBound(s record.Summary) []string {
	var rows []string
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			if isClientBound(e) {
				rows = append(rows, e.Engine+" ("+sc.Name+")")
			}
		}
	}
	return rows
}

func isClientBound(e record.EngineResult) bool {
	return e.Client != nil && e.Client.Verdict == record.ClientBound
}

func insecure(s record.Summary) []string {
	var engines []string
	for _, e := range s.Environment.Engines {
		if e.InsecureTLS {
			engines = append(engines, e.Engine)
		}
	}
	slices.Sort(engines)
	return engines
}
