package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// unlike says in what two runs differ so that their numbers cannot be compared
// at all, and in what else, which the reader must judge.
func unlike(a, b Run, matches []pairing) (refusals, warnings []string) {
	refuse := func(reason string) { refusals = once(refusals, reason) }
	warn := func(reason string) { warnings = once(warnings, reason) }
	if a.Summary.Simulated != b.Summary.Simulated {
		refuse("one was simulated and the other was not")
	}
	for _, m := range matches {
		x, y := infoOf(a.Summary, m.a.Engine), infoOf(b.Summary, m.b.Engine)
		switch compareModels(x.Model, y.Model) {
		case differ:
			refuse(fmt.Sprintf("%s served another model: %s and %s", m.a.Engine, x.Model, y.Model))
		case cannotTell:
			warn(fmt.Sprintf("names do not tell whether %s served one model: %q and %q", m.a.Engine, x.Model, y.Model))
		}
		if load := otherLoad(*m.scA, *m.scB); load != "" {
			refuse(fmt.Sprintf("the load of %s is another one: %s", m.scA.Name, load))
		}
		if p, q := m.scA.Shape.Prompts, m.scB.Shape.Prompts; p != q {
			warn(fmt.Sprintf("the prompts of %s come from elsewhere: %s and %s", m.scA.Name, cmp.Or(p, "unnamed ones"), cmp.Or(q, "unnamed ones")))
		}
		if m.scA.Shape.UntilConfident || m.scB.Shape.UntilConfident {
			warn(fmt.Sprintf("%s ended as soon as enough was known, so its p-values are only roughly right", m.scA.Name))
		}
		for _, w := range otherGround(m, x, y) {
			warn(w)
		}
		for _, side := range []struct {
			run Run
			e   record.EngineResult
		}{{a, m.a}, {b, m.b}} {
			if side.e.Client != nil && side.e.Client.Verdict == record.ClientBound {
				warn(fmt.Sprintf("%s in %s of %s is client-bound: the numbers may be the client's own", side.e.Engine, m.scA.Name, side.run.Name))
			}
		}
	}
	return refusals, warnings
}

func once(reasons []string, reason string) []string {
	if slices.Contains(reasons, reason) {
		return reasons
	}
	return append(reasons, reason)
}

// otherGround says in what the deployments and the ways to them differ, where
// both are known.
func otherGround(m pairing, x, y record.EngineInfo) []string {
	var said []string
	differ := func(what, a, b string) {
		if a != b && a != "" && b != "" {
			said = append(said, fmt.Sprintf("%s of %s differs: %s and %s", what, m.a.Engine, a, b))
		}
	}
	gpu := func(e record.EngineInfo) string {
		if e.GPU == nil {
			return ""
		}
		return gpuName(*e.GPU)
	}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprint(n)
	}
	differ("the GPU", gpu(x), gpu(y))
	differ("the way to the engine", m.a.Via, m.b.Via)
	differ("the quantisation", strings.ToLower(x.DtypeOrQuantisation), strings.ToLower(y.DtypeOrQuantisation))
	differ("the number of replicas", number(x.Replicas), number(y.Replicas))
	differ("the kind", x.Kind, y.Kind)
	return said
}

// orNone names what a load does not have.
func orNone(v any) any {
	if v == "" {
		return "none"
	}
	return v
}

// otherLoad says how two loads differ, "" where they are one. How long a load
// lasts, in how many rounds and after how much warm-up does not change what it
// asks of an engine.
func otherLoad(a, b record.ScenarioResult) string {
	x, y := a.Shape, b.Shape
	differ := func(what string, a, b any) string {
		if a == b {
			return ""
		}
		return fmt.Sprintf("%s %v and %v", what, orNone(a), orNone(b))
	}
	for _, said := range []string{
		differ("kind", a.Kind, b.Kind),
		differ("arrival", x.Arrival, y.Arrival),
		differ("users", x.Users, y.Users),
		differ("rate_per_s", x.RatePerS, y.RatePerS),
		differ("to_rate_per_s", x.ToRatePerS, y.ToRatePerS),
		differ("burstiness", x.Burstiness, y.Burstiness),
		differ("burst_size", x.BurstSize, y.BurstSize),
		differ("burst_period_s", x.BurstPeriodS, y.BurstPeriodS),
		differ("steps", fmt.Sprint(x.Steps), fmt.Sprint(y.Steps)),
		differ("think_time", x.ThinkTime, y.ThinkTime),
		differ("max_tokens", x.MaxTokens, y.MaxTokens),
		differ("prefix_cache", x.PrefixCache, y.PrefixCache),
	} {
		if said != "" {
			return said
		}
	}
	return ""
}
