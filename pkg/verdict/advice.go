package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// advise says what to do next, what stands in the way of any answer first, then
// what ails an engine, then what would make the answer surer. Each
// recommendation rests on a finding, a check of fairness or a row, and each is
// given once for an engine.
func advise(s record.Summary) []record.Recommendation {
	var all []record.Recommendation
	seen := map[string]bool{}
	add := func(r record.Recommendation) {
		if key := r.Engine + "\x00" + r.RestsOn; !seen[key] {
			seen[key] = true
			all = append(all, r)
		}
	}
	for _, rule := range advice {
		for _, r := range rule(s) {
			add(r)
		}
	}
	return all
}

// advice is every rule, in the order of importance.
var advice = []func(record.Summary) []record.Recommendation{
	onFindings("no-success", "engine-given-up", "engine-unreachable", "preflight", "http2-only"),
	onFairness("same-model", "same-gpu", "same-way"),
	onFindings("buffered-stream", "grouped-frames", "ingress-buffering"),
	onClient,
	onRows(routeTimeout),
	onRows(refusedLoad),
	onRows(failures),
	onRows(ollamaParallel),
	onRows(cacheFull),
	onRows(queueing),
	onGrowth,
	onFindings("foreign-traffic"),
	onFairness("foreign-traffic", "not-on-one-node"),
	onFindings("prompt-cut"),
	onTunnel,
	onRows(coldStart),
	onFindings("route-timeout", "ingress-read-timeout", "httproute-timeout", "one-replica-only", "dropped-arrivals", "load-not-reached", "cancelled-requests", "estimated-tokens"),
	onFairness("same-quantisation", "same-output-lengths", "same-replicas", "tls-equal", "same-context-length", "prefix-cache"),
	onSamples,
}

// onFindings repeats what findings say to do.
func onFindings(ids ...string) func(record.Summary) []record.Recommendation {
	return func(s record.Summary) []record.Recommendation {
		var all []record.Recommendation
		for _, id := range ids {
			for _, f := range s.Findings {
				if f.ID == id && f.Remedy != "" {
					all = append(all, record.Recommendation{Message: sentence(f.Advice()) + ": " + f.Message, RestsOn: f.ID, Engine: engineNamed(s, f.Subject)})
				}
			}
		}
		return all
	}
}

func engineNamed(s record.Summary, subject string) string {
	if slices.ContainsFunc(s.Environment.Engines, func(e record.EngineInfo) bool { return e.Engine == subject }) {
		return subject
	}
	return ""
}

// onFairness repeats the remedies of checks that did not pass.
func onFairness(checks ...string) func(record.Summary) []record.Recommendation {
	return func(s record.Summary) []record.Recommendation {
		var all []record.Recommendation
		for _, check := range checks {
			for _, f := range s.Fairness {
				bad := f.Status == string(record.CheckWarn) || f.Status == string(record.CheckFail)
				told := slices.ContainsFunc(s.Findings, func(g record.Finding) bool { return g.ID == check })
				if f.Check == check && bad && !told {
					all = append(all, record.Recommendation{Message: sentence(f.Remedy) + ": " + f.Detail, RestsOn: check})
				}
			}
		}
		return all
	}
}

// row is one engine in one scenario as the rules of onRows look at it.
type row struct {
	s    record.Summary
	sc   record.ScenarioResult
	e    record.EngineResult
	info record.EngineInfo
}

// restsOn names the scenario and metric that show something.
func (r row) restsOn(metric string) string { return r.sc.Name + " " + metric }

// onRows applies a rule to every row of a load, the heaviest evidence being as
// good as the first; it says the same once for an engine.
func onRows(rule func(row) (message, metric string)) func(record.Summary) []record.Recommendation {
	return func(s record.Summary) []record.Recommendation {
		var all []record.Recommendation
		told := map[string]bool{}
		for _, sc := range s.Scenarios {
			for _, e := range sc.Engines {
				r := row{s, sc, e, infoOf(s, e.Engine)}
				if message, metric := rule(r); message != "" && !told[e.Engine] {
					told[e.Engine] = true
					all = append(all, record.Recommendation{Message: message, RestsOn: r.restsOn(metric), Engine: e.Engine})
				}
			}
		}
		return all
	}
}

func onClient(s record.Summary) []record.Recommendation {
	var in, engines []string
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			if e.Client != nil && e.Client.Verdict == record.ClientBound {
				in, engines = append(in, sc.Name), append(engines, e.Engine)
			}
		}
	}
	if len(in) == 0 {
		return nil
	}
	slices.Sort(engines)
	engines = slices.Compact(engines)
	return []record.Recommendation{{
		Message: fmt.Sprintf("Measure from inside the cluster with --in-cluster, or from a machine with more idle processors: in %s this client was the bottleneck for %s", enumerate(slices.Compact(in)), enumerate(engines)),
		RestsOn: "client-bound",
	}}
}

func onTunnel(s record.Summary) []record.Recommendation {
	for _, f := range s.Fairness {
		if f.Check == "tunnel" && f.Status == string(record.CheckWarn) {
			return []record.Recommendation{{Message: sentence(f.Remedy) + ": " + f.Detail, RestsOn: "tunnel"}}
		}
	}
	return nil
}

// onSamples says what more requests would settle.
func onSamples(s record.Summary) []record.Recommendation {
	var all []record.Recommendation
	for _, sc := range s.Scenarios {
		if sc.Verdict == nil || sc.Verdict.Winner != nil {
			continue
		}
		for _, d := range sc.Verdict.Dimensions {
			more, known := d.FurtherSamples.Get()
			if !known {
				continue
			}
			all = append(all, record.Recommendation{
				Message: fmt.Sprintf("Send about %s more to each engine in %s to settle %s%s", count(more, "request"), sc.Name, spoken(d.Name), howMany(sc, more)),
				RestsOn: sc.Name + " " + d.Metric,
			})
		}
	}
	for _, t := range s.Targets {
		if n, known := t.NeedsSamples.Get(); known && t.Met == nil {
			all = append(all, record.Recommendation{
				Message: fmt.Sprintf("Send at least %s to %s in %s: fewer cannot say whether %s of %s meets its target", count(n, "request"), t.Engine, t.Scenario, t.Statistic, t.Metric),
				RestsOn: t.Scenario + " " + t.Metric, Engine: t.Engine,
			})
		}
	}
	return all
}

// howMany says what to set so that so many more requests are sent.
func howMany(sc record.ScenarioResult, more int64) string {
	if sc.Kind == record.KindTTFT && sc.Shape.Iterations > 0 {
		return fmt.Sprintf(" (test_scenarios.ttft.iterations: %d)", int64(sc.Shape.Iterations)+more)
	}
	return " (a longer duration_seconds)"
}

// sentence begins text with a capital letter, unless it begins with a command
// to paste.
func sentence(text string) string {
	first, _, _ := strings.Cut(text, " ")
	switch first {
	case "oc", "kubectl", "helm":
		return "Run `" + text + "`"
	}
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
