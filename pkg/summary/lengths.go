package summary

import (
	"fmt"
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// maxLengthMiss is the share by which prompts may miss the length aimed at, on
// the mean.
const maxLengthMiss = 0.02

// lengths says how long prompts and answers were beside what was asked for;
// nil where nobody counted.
func (c *cell) lengths(level float64) *record.Lengths {
	of := func(pick func(*row) float64) *record.Distribution { return describeValues(c.values(pick), level) }
	l := record.Lengths{
		Prompt: of(picks["prompt_tokens"]), PromptTarget: of(func(r *row) float64 { return r.promptTarget }),
		Output: of(picks["output_tokens"]), OutputTarget: of(func(r *row) float64 { return r.outputTarget }),
	}
	if l == (record.Lengths{}) {
		return nil
	}
	if f := c.answersBeside(); f.n > 0 {
		forced := f.exact == f.n
		l.Forced = &forced
	}
	return &l
}

// beside sets lengths against those that were aimed at, over the requests of
// which both are known.
type beside struct {
	n, exact     int
	sum, targets float64
}

func (b beside) mean() (achieved, target float64) {
	return b.sum / float64(b.n), b.targets / float64(b.n)
}

func (c *cell) answersBeside() beside {
	return c.beside(func(r *row) (float64, float64) { return r.outputTokens, r.outputTarget })
}

func (c *cell) promptsBeside() beside {
	return c.beside(func(r *row) (float64, float64) { return r.promptTokens, r.promptTarget })
}

func (c *cell) beside(pick func(*row) (achieved, target float64)) (b beside) {
	for r := range c.rows.all {
		achieved, target := pick(r)
		if !r.measured || r.outcome != succeeded || math.IsNaN(achieved) || math.IsNaN(target) {
			continue
		}
		b.n++
		b.sum += achieved
		b.targets += target
		if achieved == target {
			b.exact++
		}
	}
	return b
}

func lengthsMissed(r resultRow) (record.Finding, bool) {
	b := r.c.promptsBeside()
	if b.n == 0 || math.Abs(b.sum-b.targets) <= maxLengthMiss*b.targets {
		return record.Finding{}, false
	}
	achieved, target := b.mean()
	return record.Finding{
		ID: "lengths-missed", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("prompts had %.1f tokens on the mean where %.1f were aimed at (%+.1f %%)", achieved, target, (achieved/target-1)*100),
		Remedy:  "read results by the lengths that were achieved; prompts cannot be shorter than the engine's chat template, nor longer than its context, and an engine that counts without its prefix cache counts too few",
	}, true
}

func outputNotForced(r resultRow) (record.Finding, bool) {
	b := r.c.answersBeside()
	if b.n == 0 || b.exact == b.n {
		return record.Finding{}, false
	}
	achieved, target := b.mean()
	return record.Finding{
		ID: "output-not-forced", Severity: record.SeverityInfo,
		Message: fmt.Sprintf("%d of %d answers did not have the length that was asked for (%.1f tokens on the mean instead of %.1f), because the engine was not made to keep to it", b.n-b.exact, b.n, achieved, target),
		Remedy:  "compare TPOT and TTFT, which do not depend on it much, rather than E2E and requests per second; vLLM can be made to, TGI and Ollama cannot",
	}, true
}
