package bench

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// The findings of a scenario that was to end as soon as enough is known.
const (
	findingStopped      = "stopped-early"
	findingNotConfident = "not-confident"
)

// verdict is what the scenario came to after so many of most iterations: its
// subject is the engine that was shown to be the first, or else the scenario.
func (c *confidence) verdict(scenario string, done, most int) record.Finding {
	f := record.Finding{ID: findingNotConfident, Severity: record.SeverityInfo, Subject: scenario}
	winner, known := c.known()
	if !known {
		f.Message = fmt.Sprintf("after %d iterations it is still not known which engine is the fastest, nor where each median lies: %s", done, c.state())
		if len(c.engines) == 1 {
			f.Message = fmt.Sprintf("after %d iterations the median is not known as narrowly as asked: %s", done, c.state())
		}
		f.Remedy = "raise test_scenarios.ttft.iterations, or ask for less with confident_width"
		return f
	}
	f.ID = findingStopped
	rule := fmt.Sprintf("every median is known to less than %s of itself (%s; confidence sequence of the median)", percent(c.width), c.widths())
	if winner >= 0 {
		f.Subject = c.engines[winner]
		rule = fmt.Sprintf("%s gives the first token sooner than %s (sequential sign test of pairs)", c.engines[winner], c.pairs(winner))
	}
	f.Message = fmt.Sprintf("%s, known at a confidence of %s although it was looked at all along. %s", rule, percent(c.level), c.saved(done, most))
	return f
}

// saved says what the end after so many of most iterations spared everybody.
func (c *confidence) saved(done, most int) string {
	switch {
	case done == most:
		return fmt.Sprintf("It took all %d iterations", most)
	case len(c.engines) == 1:
		return fmt.Sprintf("%d of %d iterations: saved %d requests", done, most, most-done)
	}
	return fmt.Sprintf("%d of %d iterations: saved %d requests to each of %d engines", done, most, most-done, len(c.engines))
}

// state says how far everything is known.
func (c *confidence) state() string {
	best, shown := c.leader()
	switch {
	case best < 0:
		return c.widths()
	case shown: // and yet not enough answers for the target
		return fmt.Sprintf("%s came before %s, but the target takes %d answers of each engine", c.engines[best], c.pairs(best), c.least)
	}
	return fmt.Sprintf("%s came before %s, which may be chance; %s", c.engines[best], c.pairs(best), c.widths())
}

// pairs lists how often an engine came before each other one.
func (c *confidence) pairs(i int) string {
	var all []string
	for j, name := range c.engines {
		if won, lost := c.sooner[i][j], c.sooner[j][i]; j != i && !c.out[j] {
			all = append(all, fmt.Sprintf("%s in %d of %d pairs", name, won, won+lost))
		}
	}
	return strings.Join(all, " and ")
}

// widths lists how narrowly each median is known.
func (c *confidence) widths() string {
	var all []string
	for i, name := range c.engines {
		ci, share, ok := c.median(i)
		switch {
		case c.out[i]:
		case ok:
			all = append(all, fmt.Sprintf("%s %.1f..%.1f ms, %s", name, ci.Low, ci.High, percent(share)))
		default:
			all = append(all, fmt.Sprintf("%s too few answers: %d", name, len(c.ttft[i])))
		}
	}
	return strings.Join(all, "; ")
}

// percent writes a share to a tenth of a percent.
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1000)/10, 'f', -1, 64) + " %"
}
