package story

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// executive is what a reader can act on without reading further: the answer,
// the key figures, what to do first, the targets and the conditions.
func executive(s record.Summary) []Block {
	blocks := []Block{answer(s)}
	if t := keyFigures(s); len(t.Rows) > 0 {
		blocks = append(blocks, t)
	}
	if c, uneven := unevenGround(s); uneven {
		blocks = append(blocks, c)
	}
	if items := firstSteps(s); len(items) > 0 {
		blocks = append(blocks, Heading{"What to do first"}, List{Ordered: true, Items: items})
	}
	if len(s.Targets) > 0 {
		blocks = append(blocks, targetMatrix(s))
	}
	return append(blocks, Heading{"Conditions"}, List{Items: conditions(s)})
}

// answer says which engine to take and how sure that is, or that the run does
// not say.
func answer(s record.Summary) Callout {
	v := s.Verdict
	switch {
	case v == nil && len(s.Environment.Engines) == 1:
		return Callout{Title: say("%s was measured alone", s.Environment.Engines[0].Engine),
			Text: "There is nothing to compare it with: this report says how it did, and whether it met its targets."}
	case v == nil:
		return Callout{Tone: Caution, Title: "No verdict", Text: "This run was not judged: the numbers stand for themselves, and nothing here says that one engine is better than another."}
	case v.Winner == nil:
		return Callout{Tone: Caution, Title: "No engine was shown to be better", Text: Printable(v.Summary)}
	}
	title := say("Take %s", *v.Winner)
	if s.Simulated {
		title = say("Among these simulators, %s", *v.Winner)
	}
	if c, known := v.Confidence.Get(); known {
		title += ": shown to be better at " + Level(c) + " confidence"
	}
	return Callout{Tone: Good, Title: title, Text: Printable(v.Summary), Engine: *v.Winner}
}

// firstSteps are what to fix, most urgent first: what the verdict recommends, else what
// findings say.
func firstSteps(s record.Summary) []Item {
	var items []Item
	if s.Verdict != nil {
		for _, r := range s.Verdict.Recommendations {
			items = append(items, Item{Text: Printable(r.Message), Detail: because(r.RestsOn), Engine: r.Engine})
		}
	}
	if len(items) > 0 {
		return items
	}
	for _, f := range bySeverity(s.Findings) {
		if f.Remedy != "" && f.Severity != record.SeverityInfo {
			items = append(items, Item{Text: say("%s: %s", f.Subject, f.Remedy), Detail: because(f.ID)})
		}
	}
	return items
}

func because(of string) string {
	if of == "" {
		return ""
	}
	return say("rests on %s", of)
}

var severities = []record.Severity{record.SeverityError, record.SeverityWarn, record.SeverityInfo}

// bySeverity are findings, the worst first, in their order otherwise.
func bySeverity(all []record.Finding) []record.Finding {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b record.Finding) int {
		return cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity))
	})
	return sorted
}

// conditions say under what the answer holds.
func conditions(s record.Summary) []Item {
	var items []Item
	for _, e := range s.Environment.Engines {
		items = append(items, Item{Label: Printable(e.Engine), Text: subject(e), Engine: e.Engine})
	}
	for _, sc := range s.Scenarios {
		items = append(items, Item{Label: Printable(sc.Name), Text: Load(sc.Shape), Scenario: sc.Name})
	}
	return items
}

// unevenGround says in what the comparison is not even.
func unevenGround(s record.Summary) (Callout, bool) {
	var all []string
	c := Callout{Tone: Caution, Title: "The engines did not stand on even ground"}
	for _, f := range s.Fairness {
		if f.Status == "fail" || f.Status == "warn" {
			all = append(all, f.Detail)
		}
		if f.Status == "fail" {
			c.Tone = Bad
		}
	}
	c.Text = Printable(strings.Join(all, "; ")) + "."
	return c, len(all) > 0
}

// subject says in a line what engine it was: model, precision, GPU and the way
// to it.
func subject(e record.EngineInfo) string {
	gpu := ""
	if e.GPU != nil {
		gpu = say("%d × %s", e.GPU.Count, e.GPU.Product)
	}
	model := e.Model
	if model == "" {
		model = "model not known"
	}
	via := ""
	if e.Via != "" {
		via = "via " + e.Via
	}
	return Printable(dashed(model, e.DtypeOrQuantisation, gpu, via))
}
