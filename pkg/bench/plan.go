package bench

import (
	"context"
	"fmt"
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// TTFTScenario is the name results give to the interleaved, sequential
// scenario that the configuration calls test_scenarios.ttft.
const TTFTScenario = "ttft"

// scenario is one scenario of the plan and how it is run.
type scenario struct {
	plan record.PlannedScenario
	ttft config.TTFT
	load config.LoadTest
	// trace is what a load of that arrival replays.
	trace    load.Trace
	capacity config.Capacity
	run      func(ctx context.Context, r *runner, s scenario, index int) error
}

// Plan says what a run over these engines would do; nothing is sent.
func Plan(cfg config.Config, engines []record.EngineInfo, seed uint64) record.Plan {
	return PlanWith(cfg, nil, engines, seed)
}

// Traces are the traces that load tests replay, by the test's name.
type Traces map[string]load.Trace

// MeanPromptTokens is the mean length of their prompts, 0 where none has one.
func (ts Traces) MeanPromptTokens() float64 {
	sum, n := 0, 0
	for _, trace := range ts {
		for _, r := range trace.Requests {
			if r.Lengths.PromptTokens > 0 {
				sum, n = sum+r.Lengths.PromptTokens, n+1
			}
		}
	}
	return float64(sum) / float64(max(n, 1))
}

// PlanWith is Plan for a configuration whose load tests replay traces.
func PlanWith(cfg config.Config, traces Traces, engines []record.EngineInfo, seed uint64) record.Plan {
	p := record.Plan{Engines: engines, Seed: seed, Confidence: cfg.Statistics.Confidence, SLO: goodputSLO(cfg.SLO), RecordText: cfg.Output.RecordText}
	for _, s := range scenarios(cfg, traces) {
		s.plan.ExpectedS *= float64(len(engines))
		p.Scenarios = append(p.Scenarios, s.plan)
		p.ExpectedS += s.plan.ExpectedS
		p.Targets = append(p.Targets, s.targets()...)
	}
	return p
}

func goodputSLO(limits config.SLO) record.SLO {
	return record.SLO{TTFTMS: limit(limits.TTFTMS), TPOTMS: limit(limits.TPOTMS), E2EMS: limit(limits.E2EMS)}
}

func limit(ms *float64) record.Float {
	if ms == nil {
		return record.Float{}
	}
	return record.Some(*ms)
}

func scenarios(cfg config.Config, traces Traces) []scenario {
	var all []scenario
	if t := cfg.TestScenarios.TTFT; t.IsEnabled() {
		all = append(all, scenario{plan: plannedTTFT(cfg, t), ttft: t, run: runTTFT})
	}
	for _, l := range cfg.TestScenarios.Loads() {
		trace := traces[l.Name]
		trace.Speed = l.Trace.Speed
		planned := plannedLoad(cfg, l.LoadTest, trace)
		planned.Shape.Sweep = l.Sweep
		all = append(all, scenario{plan: planned, load: l.LoadTest, trace: trace, run: runLoad})
	}
	if c := cfg.TestScenarios.Capacity; c.Enabled {
		all = append(all, scenario{plan: plannedCapacity(cfg, c), capacity: c, run: runCapacity})
	}
	return all
}

// A guess at an engine nobody has measured yet, for the expected time only.
const (
	guessedTTFTSeconds = 0.2
	guessedTPOTSeconds = 0.02
)

func guessedRequestSeconds(maxTokens int) float64 {
	return guessedTTFTSeconds + guessedTPOTSeconds*float64(maxTokens)
}

func plannedTTFT(cfg config.Config, t config.TTFT) record.PlannedScenario {
	tokens := answerTokens(cfg, t.MaxTokens)
	return record.PlannedScenario{
		Name: TTFTScenario, Kind: record.KindTTFT, Requests: t.Iterations, WarmupRequests: t.WarmupIterations,
		Shape: record.Shape{
			Arrival: record.ArrivalSequential, Iterations: t.Iterations, MaxTokens: mostTokens(cfg, t.MaxTokens), Rounds: t.Iterations, UntilConfident: t.UntilConfident,
			Prompts: promptsName(cfg), PrefixCache: cfg.Prompts.PrefixCache,
		},
		ExpectedS: float64(t.Iterations+t.WarmupIterations) * guessedRequestSeconds(tokens),
	}
}

func plannedLoad(cfg config.Config, l config.LoadTest, trace load.Trace) record.PlannedScenario {
	tokens, rounds := answerTokens(cfg, l.MaxTokens), max(l.Rounds, 1)
	if l.Arrival == config.ArrivalTrace && l.DurationSeconds == 0 {
		l.DurationSeconds = traceTime(l, trace).Seconds()
	}
	once := l.WarmupSeconds + l.RampUpSeconds + l.DurationSeconds/float64(rounds) + guessedRequestSeconds(tokens)
	shape := loadShape(l)
	shape.MaxTokens, shape.Prompts, shape.PrefixCache = mostTokens(cfg, l.MaxTokens), promptsName(cfg), cfg.Prompts.PrefixCache
	if trace.Sized() {
		shape.MaxTokens, shape.Prompts = l.MaxTokens, "synthetic(lengths of the trace)"
	}
	p := record.PlannedScenario{Name: l.Name, Kind: record.KindLoad, Shape: shape, ExpectedS: float64(rounds) * once}
	if l.IsOpen() {
		warmup, measured := loadOpen(l, trace, 0).Expected()
		p.WarmupRequests, p.Requests = int(math.Round(warmup*float64(rounds))), int(math.Round(measured*float64(rounds)))
	}
	return p
}

func (s scenario) targets() []record.Target {
	t := record.Target{Scenario: s.plan.Name, Metric: "ttft_ms", Statistic: "p95"}
	switch {
	case s.plan.Kind == record.KindTTFT && s.ttft.TargetMS != nil:
		t.Limit = *s.ttft.TargetMS
		if s.ttft.TargetStatistic != "" {
			t.Statistic = s.ttft.TargetStatistic
		}
	case s.plan.Kind == record.KindLoad && s.load.TargetP95MS != nil:
		t.Limit = *s.load.TargetP95MS
		if s.load.TargetMetric != "" {
			t.Metric = s.load.TargetMetric + "_ms"
		}
	default:
		return nil
	}
	return []record.Target{t}
}

func thinkName(t config.ThinkTime) string {
	switch t.Distribution {
	case "uniform":
		return fmt.Sprintf("uniform(%gs..%gs)", t.MinSeconds, t.MaxSeconds)
	case "exponential":
		return fmt.Sprintf("exponential(%gs)", t.Seconds)
	}
	if t.Seconds > 0 {
		return fmt.Sprintf("fixed(%gs)", t.Seconds)
	}
	return "none"
}

func orDefault(v, fallback int) int {
	if v > 0 {
		return v
	}
	return fallback
}
