package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// executive answers in a few sentences: which engine, how sure, under what
// conditions, and what to mend first.
func executive(s record.Summary, v record.Verdict, scenarios []scenarioOutcome, o Options) string {
	sentences := []string{answerOf(s, v, scenarios, o)}
	if c := conditions(s); c != "" {
		sentences = append(sentences, c)
	}
	if s.Simulated {
		sentences = append(sentences, "The engines were simulated, so this says nothing of real ones.")
	}
	if s.Partial {
		sentences = append(sentences, "The run did not come to its end.")
	}
	if first := firstThing(s, v); first != "" {
		sentences = append(sentences, "First: "+strings.TrimSuffix(first, ".")+".")
	}
	return strings.Join(sentences, " ")
}

// firstThing is the first recommendation, or where there is a winner the first
// that is about it or about all; what would only settle more does not come first
// then.
func firstThing(s record.Summary, v record.Verdict) string {
	if v.Winner == nil {
		if len(v.Recommendations) == 0 {
			return ""
		}
		return v.Recommendations[0].Message
	}
	settling := onSamples(s)
	for _, r := range v.Recommendations {
		if (r.Engine == "" || r.Engine == *v.Winner) && !slices.Contains(settling, r) {
			return r.Message
		}
	}
	return ""
}

func answerOf(s record.Summary, v record.Verdict, scenarios []scenarioOutcome, o Options) string {
	leads := leadsOf(scenarios)
	switch {
	case v.Winner != nil:
		return fmt.Sprintf("Take %s: at %s confidence it is better than every other engine that could be compared, with %s, and worse in nothing that was shown.",
			*v.Winner, percent(o.Level), enumerate(leads[*v.Winner]))
	case len(s.Environment.Engines) == 1:
		return fmt.Sprintf("Only %s was measured, so there is nothing to choose between.", s.Environment.Engines[0].Engine)
	case !anyContest(scenarios):
		return "No two engines could be compared, so none is recommended: " + whyNot(scenarios) + "."
	case !anyTest(scenarios):
		return fmt.Sprintf("Too little was measured to tell the engines apart at %s confidence.", percent(o.Level))
	case len(leads) == 0:
		return fmt.Sprintf("No engine is shown to be better than the others at %s confidence: choose by something else, or measure for longer.", percent(o.Level))
	}
	var told []string
	for _, engine := range enginesOf(s) {
		if len(leads[engine]) > 0 {
			told = append(told, fmt.Sprintf("%s leads with %s", engine, enumerate(leads[engine])))
		}
	}
	sentence := "No engine is shown to be better in everything: " + strings.Join(told, "; ") + "."
	if len(told) == 1 {
		for engine := range leads {
			if against := objected(scenarios, engine); against != "" {
				sentence += " Against it: " + against + "."
			}
		}
	}
	return sentence
}

// leadsOf tells what each engine wins, in the order of dimensions and each in the
// first scenario that shows it.
func leadsOf(scenarios []scenarioOutcome) map[string][]string {
	leads, seen := map[string][]string{}, map[string]bool{}
	for _, d := range dimensions() {
		for _, sc := range scenarios {
			i := slices.IndexFunc(sc.claims, func(c claim) bool { return c.dimension == d.name && c.winner != "" && c.decides })
			if i < 0 {
				continue
			}
			winner := sc.claims[i].winner
			if key := winner + "\x00" + d.name; !seen[key] && len(leads[winner]) < maxLeads {
				seen[key] = true
				leads[winner] = append(leads[winner], lead(sc.verdict.Dimensions[i])+" in "+sc.name)
			}
		}
	}
	return leads
}

// maxLeads is how many advantages of an engine a sentence bears.
const maxLeads = 3

// anyContest says whether two engines were set against each other anywhere.
func anyContest(scenarios []scenarioOutcome) bool {
	return slices.ContainsFunc(scenarios, func(sc scenarioOutcome) bool {
		return slices.ContainsFunc(sc.verdict.Dimensions, func(d record.Dimension) bool { return len(d.Scores) > 1 })
	})
}

// anyTest says whether the difference of two engines could be tested anywhere.
func anyTest(scenarios []scenarioOutcome) bool {
	return slices.ContainsFunc(scenarios, func(sc scenarioOutcome) bool {
		return slices.ContainsFunc(sc.verdict.Dimensions, func(d record.Dimension) bool { return len(d.Pairs) > 0 })
	})
}

// whyNot is the first reason why engines could not be compared.
func whyNot(scenarios []scenarioOutcome) string {
	for _, sc := range scenarios {
		var engines []string
		for engine := range sc.verdict.Excluded {
			engines = append(engines, engine)
		}
		slices.Sort(engines)
		if len(engines) > 0 {
			return fmt.Sprintf("in %s of %s %s", sc.name, engines[0], sc.verdict.Excluded[engines[0]])
		}
	}
	for _, sc := range scenarios {
		if len(sc.verdict.Reasons) > 0 {
			return sc.verdict.Reasons[0]
		}
	}
	return "nothing was measured"
}

func enginesOf(s record.Summary) []string {
	var names []string
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			if !slices.Contains(names, e.Engine) {
				names = append(names, e.Engine)
			}
		}
	}
	return names
}

// conditions says what the answer holds for: model, hardware, load.
func conditions(s record.Summary) string {
	var parts []string
	if models := distinct(s, func(e record.EngineInfo) string { return e.Model }); len(models) > 0 {
		parts = append(parts, enumerate(models))
	}
	if gpus := distinct(s, func(e record.EngineInfo) string {
		if e.GPU == nil {
			return ""
		}
		return gpuName(*e.GPU)
	}); len(gpus) > 0 {
		parts = append(parts, "on "+enumerate(gpus))
	}
	var loads []string
	for _, sc := range s.Scenarios {
		if l := loadOf(sc); l != "" && !slices.Contains(loads, l) {
			loads = append(loads, l)
		}
	}
	if len(loads) > 0 {
		parts = append(parts, "under "+enumerate(loads))
	}
	if len(parts) == 0 {
		return ""
	}
	text := "This holds for " + strings.Join(parts, " ")
	var warned []string
	for _, f := range s.Fairness {
		if f.Status == string(record.CheckWarn) || f.Status == string(record.CheckFail) {
			warned = append(warned, f.Check)
		}
	}
	if len(warned) > 0 {
		text += "; the ground was not even (" + strings.Join(warned, ", ") + ")"
	}
	return text + "."
}

func distinct(s record.Summary, of func(record.EngineInfo) string) []string {
	var all []string
	for _, e := range s.Environment.Engines {
		if v := of(e); v != "" && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// loadOf names a scenario's load.
func loadOf(sc record.ScenarioResult) string {
	switch {
	case sc.Kind == record.KindCapacity:
		return "a search for capacity"
	case sc.Kind == record.KindTTFT:
		return "single requests"
	case sc.Shape.Users > 0:
		return count(int64(sc.Shape.Users), "user")
	case sc.Shape.RatePerS > 0:
		return figure(sc.Shape.RatePerS, "requests/s")
	}
	return ""
}
