package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// scenarioVerdict says in a line who won a scenario and by what.
func (p *printer) scenarioVerdict(v *record.ScenarioVerdict) {
	if v == nil {
		return
	}
	said, undecided := dimensionTexts(v)
	if undecided != "" {
		said = append(said, undecided)
	}
	text, reasons := strings.Join(said, "; "), Printable(strings.Join(v.Reasons, "; "))
	switch {
	case v.Winner != nil:
		p.text(p.colour.in(good, "winner: "+Printable(*v.Winner)+levelText(v.Confidence)) + prefixed(": ", text))
	case len(v.Dimensions) == 0 && reasons == "":
		p.text("no winner")
	case reasons == "":
		p.text("no winner: " + text)
	default:
		p.text("no winner: " + reasons)
	}
	for _, engine := range slices.Sorted(maps.Keys(v.Excluded)) {
		p.text(fmt.Sprintf("%s takes no part in the verdict: %s", Printable(engine), Printable(v.Excluded[engine])))
	}
}

// prefixed puts something before a text, if there is one.
func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// levelText is the level at which something was shown.
func levelText(level record.Float) string {
	v, known := level.Get()
	if !known {
		return ""
	}
	return fmt.Sprintf(" (%g %%)", v*100)
}

// dimensionTexts says what was shown in which dimension, in which nothing was,
// and in which engines were not set against each other.
func dimensionTexts(v *record.ScenarioVerdict) (said []string, undecided string) {
	var open, untold []string
	for _, d := range v.Dimensions {
		name := strings.ReplaceAll(Printable(d.Name), "_", " ")
		switch {
		case d.Winner == nil && len(d.Pairs) == 0 && len(d.Scores) < 2:
			untold = append(untold, name)
			continue
		case !d.Significant || d.Winner == nil:
			open = append(open, name)
			continue
		}
		text := leadText(d, name)
		if v.Winner == nil || *d.Winner != *v.Winner {
			text = Printable(*d.Winner) + "'s " + text
		}
		said = append(said, text)
	}
	var parts []string
	if len(open) > 0 {
		parts = append(parts, "no significant difference in "+strings.Join(open, ", "))
	}
	if len(untold) > 0 {
		parts = append(parts, strings.Join(untold, ", ")+" not compared")
	}
	return said, strings.Join(parts, "; ")
}

// leads are the words for the lead of a dimension's best.
var leads = map[string]string{
	record.DimensionFirstToken: "sooner", record.DimensionSteadiness: "steadier",
	record.DimensionThroughput: "higher", record.DimensionTail: "shorter",
}

// leadText is by how much the best of a dimension leads the second, as a part
// of the second's number.
func leadText(d record.Dimension, name string) string {
	best, known := d.Values[*d.Winner]
	word := leads[d.Name]
	second, compared := runnerUp(d)
	if !known || !compared || second == 0 || word == "" {
		return name + " better"
	}
	return fmt.Sprintf("%s %.0f %% %s", name, abs(second-best)/abs(second)*100, word)
}

// runnerUp is the number of the second: the one nearest to the best's, since
// the best is better than every other.
func runnerUp(d record.Dimension) (second float64, known bool) {
	best := d.Values[*d.Winner]
	for engine, v := range d.Values {
		if engine != *d.Winner && (!known || abs(v-best) < abs(second-best)) {
			second, known = v, true
		}
	}
	return second, known
}

func abs(v float64) float64 { return max(v, -v) }

// mostRecommendations is how many a narrow summary shows.
const mostRecommendations = 3

// verdict says what the whole run amounts to.
func (p *printer) verdict(v *record.Verdict, width Width) {
	if v == nil {
		return
	}
	p.line("")
	p.text(p.colour.in(bold, "verdict:") + " " + Printable(v.Summary))
	for i, r := range v.Recommendations {
		if i == mostRecommendations && width == Narrow {
			p.line("%d more with -o wide", len(v.Recommendations)-i)
			return
		}
		p.text(fmt.Sprintf("%d. %s%s", i+1, engineBefore(r.Engine), Printable(r.Message)))
	}
}

func engineBefore(engine string) string {
	if engine == "" {
		return ""
	}
	return Printable(engine) + ": "
}

// fairness says what was uneven about the ground that engines stood on.
func (p *printer) fairness(checks []record.FairnessCheck) {
	begun := false
	for _, c := range checks {
		colour := caution
		switch c.Status {
		case "fail":
			colour = bad
		case "warn":
		default:
			continue
		}
		if !begun {
			p.line("")
			begun = true
		}
		p.text(fmt.Sprintf("%s %s: %s%s", p.colour.in(colour, "unfair ("+c.Status+")"), Printable(c.Check), Printable(c.Detail), prefixed("; ", Printable(c.Remedy))))
	}
}
