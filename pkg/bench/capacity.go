package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/capacity"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/slo"
)

// CapacityScenario is the name results give to the search that the
// configuration calls test_scenarios.capacity.
const CapacityScenario = "capacity"

// guessedSteps is how many rates a search tries, for the expected time only.
const guessedSteps = 12

func plannedCapacity(cfg config.Config, c config.Capacity) record.PlannedScenario {
	return record.PlannedScenario{
		Name: CapacityScenario, Kind: record.KindCapacity,
		Shape: record.Shape{
			Arrival: c.Arrival, RatePerS: c.StartRatePerS, MaxRatePerS: c.MaxRatePerS, Precision: c.Precision, SLO: c.SLO,
			MaxInFlight: c.MaxInFlight, WarmupS: c.WarmupSeconds, DurationS: c.StepSeconds, MaxStepS: c.MaxStepSeconds,
			MaxTokens: orDefault(c.MaxTokens, cfg.Generation.MaxTokens), Prompts: promptsName(cfg), PrefixCache: cfg.Prompts.PrefixCache,
		},
		ExpectedS: guessedSteps * (c.WarmupSeconds + 2*c.StepSeconds),
	}
}

// runCapacity searches one engine after another: two at once would share the
// client, and perhaps the network, at the load that matters most.
func runCapacity(ctx context.Context, r *runner, s scenario, index int) error {
	limits, err := slo.Parse(s.capacity.SLO)
	if err != nil {
		return fmt.Errorf("test_scenarios.capacity.slo: %w", err)
	}
	search, rules := s.searching(limits, r.Config.Statistics.Confidence)
	for _, t := range r.Targets {
		if err := ctx.Err(); err != nil {
			return err
		}
		c := &capacitySearch{runner: r, target: t, scenario: s, index: index, search: search, rules: rules}
		if r.Steps == nil {
			c.run(ctx)
		} else if err := c.follow(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// searching is how the scenario searches, and what its steps are judged by.
func (s scenario) searching(limits slo.SLO, confidence float64) (capacity.Search, capacity.Rules) {
	c := s.capacity
	return capacity.Search{StartPerS: c.StartRatePerS, MaxPerS: c.MaxRatePerS, Precision: c.Precision},
		capacity.Rules{SLO: limits, Confidence: confidence, StepS: c.StepSeconds, MaxStepS: c.MaxStepSeconds}
}

// capacitySearch is the search on one engine.
type capacitySearch struct {
	*runner
	target   *Target
	scenario scenario
	index    int
	search   capacity.Search
	rules    capacity.Rules

	steps  []capacity.Step
	taken  int // steps that were begun
	probes int64
	// alone is the first token of a single request on the idle engine, 0 where
	// none came.
	alone time.Duration
}

// deadSteps in a row without a success end a search: the engine is gone.
const deadSteps = 2

func (c *capacitySearch) run(ctx context.Context) {
	c.meetIdle(ctx)
	var last record.Block
	dead := 0
	for rate, more := c.search.Next(c.steps); more && dead < deadSteps; rate, more = c.search.Next(c.steps) {
		// The reading before the step comes first: it takes a moment of its own.
		readings := &readings{}
		stop := c.scrapeTo(ctx, c.target, c.scenario.plan.Name, c.blockID(), func(v record.ServerSample) {
			readings.add(v)
			c.Sink.Server(v)
		})
		s := c.newStep(rate, seconds(c.rules.MaxStepS))
		s.readings, s.stopReading = readings, stop
		judged := s.take(ctx)
		last = s.close(ctx, judged)
		if ctx.Err() != nil {
			return
		}
		c.steps = append(c.steps, judged)
		c.taken++
		c.Notify(Event{Kind: EventStep, Scenario: c.scenario.plan.Name, Engine: c.target.Name, Step: &judged.Point})
		if dead++; !s.seen.onlyFailed() {
			dead = 0
		}
		if s.cut {
			c.awaitIdle(ctx)
		}
	}
	if dead == deadSteps {
		c.giveUpSearch()
	}
	found := c.search.Conclude(c.target.Name, c.rules, c.steps)
	found.Curve = []record.CapacityPoint{} // it is the steps' own
	last.CapacityResult = &found
	c.Sink.Block(last)
}

// blockID names the block of the next step.
func (c *capacitySearch) blockID() string { return blockID(c.index, c.target.Name, c.taken) }

func (c *capacitySearch) giveUpSearch() {
	f := searchGivenUp(c.target.Name)
	c.Notify(Event{Kind: EventFinding, Scenario: c.scenario.plan.Name, Engine: c.target.Name, Finding: &f})
}

func searchGivenUp(engine string) record.Finding {
	return record.Finding{
		ID: "engine-given-up", Severity: record.SeverityError, Subject: engine,
		Message: fmt.Sprintf("no request succeeded in %d steps of the capacity search, so it ended there", deadSteps),
	}
}

// shot is a request of the search.
func (c *capacitySearch) shot(a load.Arrival) shot {
	return shot{target: c.target, scenario: c.scenario.plan.Name, index: c.index, maxTokens: c.scenario.capacity.MaxTokens, arrival: a}
}

// probeSeq keeps single requests apart from those of steps.
const probeSeq = 1 << 56

// probe is the time to first token of a single request; ok is false where none
// came. It counts as warm-up.
func (c *capacitySearch) probe(ctx context.Context) (ttft time.Duration, ok bool) {
	s := c.fire(ctx, c.shot(load.Arrival{Seq: probeSeq + c.probes, Scheduled: time.Now(), Warmup: true}))
	c.probes++
	ms, known := s.TTFTMS.Get()
	return time.Duration(ms * float64(time.Millisecond)), known && s.Status == record.StatusOK
}

// How an engine is found idle again: a first token comes as soon as on the idle
// engine, to within these.
const (
	idleProbes   = 3
	idleFactor   = 2
	idleAllowed  = 50 * time.Millisecond
	idlePatience = time.Minute
)

// meetIdle learns how soon the idle engine answers, and loads a cold model.
func (c *capacitySearch) meetIdle(ctx context.Context) {
	for range idleProbes {
		if ttft, ok := c.probe(ctx); ok && (c.alone == 0 || ttft < c.alone) {
			c.alone = ttft
		}
	}
}

// awaitIdle waits until an engine whose requests were cut off answers as if
// idle: some go on generating for clients that have gone.
func (c *capacitySearch) awaitIdle(ctx context.Context) {
	for begun := time.Now(); ctx.Err() == nil && time.Since(begun) < idlePatience; sleep(ctx, failurePause) {
		if ttft, ok := c.probe(ctx); ok && (c.alone == 0 || ttft <= idleFactor*c.alone+idleAllowed) {
			return
		}
	}
}
