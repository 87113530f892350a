package verdict

import (
	"fmt"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// sameWay fails where some engines have a port-forward before them, and warns
// where other ways differ: a router costs milliseconds, a tunnel its capacity.
func sameWay(f field) answer {
	bad := record.CheckWarn
	for _, e := range f.engines {
		if e.Via == viaTunnel {
			bad = record.CheckFail
		}
	}
	return alike(f.facts(func(e record.EngineInfo) string { return e.Via }), "the way to the engine", bad,
		"reach every engine by the same way, with --via or from inside the cluster with --in-cluster")
}

func equalTLS(f field) answer {
	return alike(f.facts(func(e record.EngineInfo) string {
		scheme, _, found := strings.Cut(e.Endpoint, "://")
		switch {
		case !found:
			return ""
		case strings.EqualFold(scheme, "https"):
			return "TLS"
		}
		return "plain HTTP"
	}), "the transport", record.CheckWarn, "reach every engine over TLS, or none")
}

func noTunnel(f field) answer {
	var behind []string
	for _, e := range f.engines {
		if e.Via == viaTunnel {
			told := e.Engine
			if ms, known := e.TunnelOverheadMS.Get(); known {
				told += fmt.Sprintf(" (%.1f ms a round trip)", ms)
			}
			behind = append(behind, told)
		}
	}
	if len(behind) == 0 {
		return pass("no engine was reached through a port-forward")
	}
	return answer{record.CheckWarn, "reached through a port-forward: " + strings.Join(behind, ", "), "measure from inside the cluster with --in-cluster, or expose the engine with a Route or an Ingress"}
}

// lengthLimit is by how much the mean answers of two engines may differ.
const lengthLimit = 0.10

// sameOutputLengths looks at the mean length of answers in each scenario. An
// engine that answers longer makes more tokens and takes longer for them. Where
// everyone was made to give the same length there is nothing to ask.
func sameOutputLengths(f field) answer {
	known := false
	for _, sc := range f.summary.Scenarios {
		if sc.Kind == record.KindCapacity {
			continue
		}
		forced := len(sc.Engines) > 0
		for _, e := range sc.Engines {
			forced = forced && e.Lengths != nil && e.Lengths.Forced != nil && *e.Lengths.Forced
		}
		shortest, longest := extremes(sc.Engines)
		if forced || shortest.engine == longest.engine {
			known = known || forced
			continue
		}
		known = true
		if shortest.unlike(longest) {
			return answer{record.CheckWarn, fmt.Sprintf("in %s answers of %s have %.0f tokens on average and those of %s %.0f", sc.Name, longest.engine, longest.tokens, shortest.engine, shortest.tokens),
				"compare time per token rather than whole answers, or make answers equally long: a lower max_tokens that every answer reaches, or generation.force_length where all engines can"}
		}
	}
	if !known {
		return skip("the lengths of answers are not known of two engines")
	}
	return pass("answers are equally long to within %.0f %%", lengthLimit*100)
}

type length struct {
	engine string
	tokens float64
}

// meanLength is how many tokens an engine's answers have on average; of a load
// whose lengths were not kept, tokens per second over requests per second.
func meanLength(e record.EngineResult) (length, bool) {
	if e.Lengths != nil && e.Lengths.Output != nil {
		mean, known := e.Lengths.Output.Mean.Get()
		return length{e.Engine, mean}, known && mean > 0
	}
	tokens, requests := e.OutputTokensPerS.Or(0), e.RequestsPerS.Or(0)
	if tokens <= 0 || requests <= 0 {
		return length{}, false
	}
	return length{e.Engine, tokens / requests}, true
}

// extremes are the engines with the shortest and the longest answers among those
// of which the length is known.
func extremes(rows []record.EngineResult) (shortest, longest length) {
	for _, e := range rows {
		l, ok := meanLength(e)
		if !ok {
			continue
		}
		if shortest.engine == "" || l.tokens < shortest.tokens {
			shortest = l
		}
		if l.tokens > longest.tokens {
			longest = l
		}
	}
	return shortest, longest
}

// unlike says whether the longest answers are longer than what counts as equal.
func (l length) unlike(longest length) bool { return longest.tokens > (1+lengthLimit)*l.tokens }

// prefixCache warns where prompts are sent as they stand: an engine that has
// seen one before answers it from its cache.
func prefixCache(f field) answer {
	var allowed []string
	known := len(f.summary.Scenarios) > 0
	for _, sc := range f.summary.Scenarios {
		known = known && sc.Shape.PrefixCache != ""
		if sc.Shape.PrefixCache == "allow" {
			allowed = append(allowed, sc.Name)
		}
	}
	switch {
	case len(allowed) > 0:
		return answer{record.CheckWarn, "prefix caches may have answered for the engines in " + enumerate(allowed), "set prompts.prefix_cache: bust, unless cached prompts are what you want to compare"}
	case !known:
		return skip("whether prompts could come from a prefix cache is not known")
	}
	return pass("every prompt was made unlike those before it")
}

// foreignTraffic warns where an engine served more than this run sent.
func foreignTraffic(f field) answer {
	var busy []string
	known := map[string]bool{}
	for _, sc := range f.summary.Scenarios {
		for _, e := range sc.Engines {
			if e.Server == nil {
				continue
			}
			n, told := e.Server.ForeignRequests.Get()
			known[e.Engine] = known[e.Engine] || told
			if n > 0 {
				busy = append(busy, fmt.Sprintf("%s served %s of others in %s", e.Engine, count(n, "request"), sc.Name))
			}
		}
	}
	if len(busy) > 0 {
		return answer{record.CheckWarn, strings.Join(busy, "; "), "measure while nobody else uses the engines"}
	}
	for _, e := range f.engines {
		if !known[e.Engine] {
			return skip("%s does not tell how many requests it served", e.Engine)
		}
	}
	return pass("no engine served anybody else")
}
