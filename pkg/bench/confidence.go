package bench

import (
	"math"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// confidence tells when the sequential scenario has shown enough: one engine
// gives its first token sooner than every other, or the median of each is known
// as narrowly as was asked. It is looked at again and again, which the tests of
// a finished sample do not bear, so both rules are of the sequential kind:
// stats.SignEvidence of the pairs that two engines make in an iteration, and
// stats.MedianSequence. Each has half of what the confidence level leaves to
// error, and the second all of it where there is one engine and no pair.
//
// A false winner needs evidence against one engine that truly is no slower; one
// such for each engine that might be named is all there is to guard against, so
// the evidence must be that of k tests for k engines, not of all pairs.
type confidence struct {
	level, width float64
	// least is how many answers of each engine the target's statistic takes.
	least   int
	engines []string
	out     []bool
	// ttft are the times of each engine in ascending order.
	ttft []stats.Sorted
	// sooner[i][j] counts the iterations in which i came before j.
	sooner [][]int64
	// round holds the times of the iteration under way, NaN where there is none.
	round []float64
}

func newConfidence(cfg config.Config, targets []*Target) *confidence {
	t := cfg.TestScenarios.TTFT
	c := &confidence{level: cfg.Statistics.Confidence, width: t.ConfidentWidth, least: leastAnswers(cfg)}
	for _, target := range targets {
		c.engines = append(c.engines, target.Name)
		c.sooner = append(c.sooner, make([]int64, len(targets)))
		c.round = append(c.round, math.NaN())
	}
	c.out, c.ttft = make([]bool, len(targets)), make([]stats.Sorted, len(targets))
	return c
}

// quantiles are the statistics of a target that take a number of requests.
var quantiles = map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}

// leastAnswers is how many answers it takes to say whether the target is met,
// which an early stop must not leave open; 0 where there is none.
func leastAnswers(cfg config.Config) int {
	t := cfg.TestScenarios.TTFT
	if p, ok := quantiles[t.TargetStatistic]; ok && t.TargetMS != nil {
		return stats.MinSamples(p, cfg.Statistics.Confidence)
	}
	return 0
}

// note takes the last sample of an engine's request in the iteration. A later
// attempt's time counts from when the first was due, as in the summary.
func (c *confidence) note(engine string, s record.Sample) {
	ttft, ok := s.TTFTMS.Get()
	if s.Status != record.StatusOK || !ok {
		return
	}
	if queue, ok := s.QueueMS.Get(); ok && s.Attempt > 1 {
		ttft += queue
	}
	c.round[slices.Index(c.engines, engine)] = ttft
}

// leave takes an engine out that was given up.
func (c *confidence) leave(engine string) { c.out[slices.Index(c.engines, engine)] = true }

// close ends an iteration.
func (c *confidence) close() {
	for i, mine := range c.round {
		if math.IsNaN(mine) {
			continue
		}
		at, _ := slices.BinarySearch(c.ttft[i], mine)
		c.ttft[i] = slices.Insert(c.ttft[i], at, mine)
		for j, other := range c.round {
			if mine < other {
				c.sooner[i][j]++
			}
		}
	}
	for i := range c.round {
		c.round[i] = math.NaN()
	}
}

// known says whether enough is known; winner is the engine that is shown to be
// the first, -1 where the rule was the other one.
func (c *confidence) known() (winner int, ok bool) {
	if !c.borne() {
		return -1, false
	}
	if best, shown := c.leader(); shown {
		return best, true
	}
	return -1, c.narrow()
}

// borne says whether every engine has the answers that the target takes.
func (c *confidence) borne() bool {
	running := 0
	for i := range c.engines {
		if c.out[i] {
			continue
		}
		if running++; len(c.ttft[i]) < c.least {
			return false
		}
	}
	return running > 0
}

// leader is the engine with the most evidence for being sooner than every other,
// -1 where there is none to compare, and whether that evidence is enough.
func (c *confidence) leader() (best int, shown bool) {
	best = -1
	most, need := math.Inf(-1), math.Log(2*float64(len(c.engines))/(1-c.level))
	for i := range c.engines {
		if c.out[i] {
			continue
		}
		weakest := math.Inf(1)
		for j := range c.engines {
			if j != i && !c.out[j] {
				weakest = math.Min(weakest, stats.SignEvidence(c.sooner[i][j], c.sooner[j][i]))
			}
		}
		if weakest > most && !math.IsInf(weakest, 1) {
			best, most = i, weakest
		}
	}
	return best, most >= need
}

// median returns an engine's interval and its width as a share of the median.
func (c *confidence) median(i int) (ci stats.Interval, share float64, ok bool) {
	level := c.level
	if k := float64(len(c.engines)); k > 1 {
		level = 1 - (1-level)/(2*k)
	}
	if ci, ok = stats.MedianSequence(c.ttft[i], level); !ok {
		return ci, 0, false
	}
	middle, _ := stats.Quantile(c.ttft[i], 0.5)
	return ci, ci.Width() / middle, true
}

// narrow says whether each median is known as narrowly as was asked.
func (c *confidence) narrow() bool {
	for i := range c.engines {
		if _, share, ok := c.median(i); !c.out[i] && !(ok && share < c.width) {
			return false
		}
	}
	return true
}
