package ui

import (
	"fmt"
	"strconv"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// capacity writes what a capacity search found: a sentence and the curve of
// each engine.
func (p *printer) capacity(sc record.ScenarioResult) {
	p.line("%s: %s, up to %d tokens", sc.Name, capacityLoadText(sc.Shape), sc.Shape.MaxTokens)
	for _, c := range sc.Capacity {
		p.line("")
		var rows [][]string
		for _, point := range c.Curve {
			rows = append(rows, []string{
				perSecond(point.OfferedPerS), number(point.RequestsPerS), number(point.GoodputPerS), number(point.OutputTokensPerS),
				strconv.FormatInt(point.Requests, 10), strconv.FormatInt(point.Failed, 10), p.stepVerdict(point.Verdict), Printable(point.Reason),
			})
		}
		p.table([]column{
			{title: "OFFERED/S", number: true}, {title: "DONE/S", number: true}, {title: "GOODPUT/S", number: true}, {title: "TOK/S", number: true},
			{title: "REQUESTS", number: true}, {title: "FAILED", number: true}, {title: "SLO"}, {title: "WHY"},
		}, rows)
		p.line("%s", Printable(CapacityText(c)))
	}
}

func (p *printer) stepVerdict(verdict string) string {
	switch verdict {
	case record.CapacityHolds:
		return p.colour.in(good, verdict)
	case record.CapacityMisses:
		return p.colour.in(bad, verdict)
	}
	return p.colour.in(caution, "cannot say")
}

// gaveWay says in words what a capacity was limited by.
var gaveWay = map[string]string{
	"queue":        "requests queued",
	"kv-cache":     "the KV cache was full",
	"compute":      "the engine computed too slowly",
	"errors":       "requests failed",
	"client":       "the client was the limit, so the engine may carry more",
	"search-limit": "the search ended at its highest rate, so the engine may carry more",
	"unknown":      "what gave way is not known",
}

// CapacityText says in a sentence what a capacity search found.
func CapacityText(c record.CapacityResult) string {
	held, known := c.RatePerS.Get()
	if !known {
		return fmt.Sprintf("%s was not shown to hold %s at any rate; %s: %s.", c.Engine, c.SLO, gaveWay[c.LimitedBy], c.Reason)
	}
	text := fmt.Sprintf("%s holds %s at %s requests/s (each step judged at %g %%", c.Engine, c.SLO, perSecond(held), 100*c.Confidence)
	if c.CI != nil {
		text += fmt.Sprintf("; it misses at %s", perSecond(c.CI[1]))
	}
	return fmt.Sprintf("%s); %s: %s.", text, gaveWay[c.LimitedBy], c.Reason)
}

// StepText says how one step of a capacity search came out.
func StepText(p record.CapacityPoint) string {
	verdict := p.Verdict
	if verdict == record.CapacityCannotSay {
		verdict = "cannot say"
	}
	return fmt.Sprintf("%s requests/s: %s: %s", perSecond(p.OfferedPerS), verdict, p.Reason)
}

// perSecond writes a rate that was chosen, with all the digits it has been given.
func perSecond(perS float64) string { return strconv.FormatFloat(perS, 'f', -1, 64) }

// capacityLoadText says what a capacity search does.
func capacityLoadText(s record.Shape) string {
	return fmt.Sprintf("%s arrivals from %g/s to %g/s at most, %g to %g s each, for %s", s.Arrival, s.RatePerS, s.MaxRatePerS, s.DurationS, s.MaxStepS, Printable(orDash(s.SLO)))
}
