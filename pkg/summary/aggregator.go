package summary

import (
	"cmp"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// defaultLevel is the confidence of a plan that names none.
const defaultLevel = 0.95

// Aggregator gathers samples and blocks and sums them up. It is not safe for
// concurrent use.
type Aggregator struct {
	run   record.Run
	cells map[place]*cell
}

// place is where a sample belongs.
type place struct{ scenario, engine string }

// New returns an empty aggregator of a run. The run's plan gives scenarios,
// engines, confidence, SLO and targets.
func New(run record.Run) *Aggregator {
	return &Aggregator{run: run, cells: map[place]*cell{}}
}

// SetRun replaces what is known of the run itself, once it has ended or more
// of its environment and findings are known. What was added stays.
func (a *Aggregator) SetRun(run record.Run) { a.run = run }

// Add takes one sample.
func (a *Aggregator) Add(s record.Sample) { a.cell(s.Scenario, s.Engine).add(s) }

// AddBlock takes the state of a block; a later state of the same block
// replaces it.
func (a *Aggregator) AddBlock(b record.Block) { a.cell(b.Scenario, b.Engine).addBlock(b) }

func (a *Aggregator) cell(scenario, engine string) *cell {
	at := place{scenario, engine}
	c := a.cells[at]
	if c == nil {
		c = newCell()
		a.cells[at] = c
	}
	return c
}

// Summary sums up what was added so far. Every engine of the plan has a row in
// every scenario of the plan, also where nothing was measured. The result
// shares nothing with the aggregator but the run's own lists.
func (a *Aggregator) Summary() record.Summary {
	s := record.Summary{
		SchemaVersion: record.SchemaVersion, RunID: a.run.RunID, Name: a.run.Name,
		StartedAt: a.run.StartedAt, FinishedAt: a.run.FinishedAt, Simulated: a.run.Simulated,
		Partial: a.partial(), Interrupted: a.interrupted(), Tool: a.run.Tool,
		Environment: a.run.Environment, Scenarios: []record.ScenarioResult{},
	}
	if s.Environment.Engines == nil {
		s.Environment.Engines = []record.EngineInfo{}
	}
	findings := a.runFindings()
	engines := a.engines()
	for _, planned := range a.run.Plan.Scenarios {
		result, found := a.scenario(planned, engines)
		s.Scenarios = append(s.Scenarios, result)
		findings = append(findings, found...)
	}
	s.Targets = a.targets(engines, s.Scenarios)
	s.Findings = append(append([]record.Finding{}, a.run.Findings...), findings...)
	return s
}

// partial says whether less was measured than was planned.
func (a *Aggregator) partial() bool {
	return a.run.FinishedAt == nil || a.interrupted() || a.workersMissed() || a.anyBlock(func(b record.Block) bool { return !b.Done })
}

func (a *Aggregator) interrupted() bool {
	return a.run.Interrupted || a.anyBlock(func(b record.Block) bool { return b.Interrupted })
}

func (a *Aggregator) anyBlock(is func(record.Block) bool) bool {
	for _, c := range a.cells {
		if slices.ContainsFunc(c.blocks, is) {
			return true
		}
	}
	return false
}

// engines are the engines of the plan and of the environment, then any other
// that was measured, by name.
func (a *Aggregator) engines() []string {
	var names, others []string
	for _, e := range slices.Concat(a.run.Plan.Engines, a.run.Environment.Engines) {
		if !slices.Contains(names, e.Engine) {
			names = append(names, e.Engine)
		}
	}
	for at, c := range a.cells {
		if c.requests > 0 && !slices.Contains(names, at.engine) {
			others = append(others, at.engine)
		}
	}
	slices.Sort(others)
	return append(names, slices.Compact(others)...)
}

func (a *Aggregator) scenario(planned record.PlannedScenario, engines []string) (record.ScenarioResult, []record.Finding) {
	sc := record.ScenarioResult{Name: planned.Name, Kind: planned.Kind, Shape: planned.Shape, Engines: []record.EngineResult{}}
	var findings []record.Finding
	for _, engine := range engines {
		c := a.cells[place{planned.Name, engine}]
		if c == nil {
			c = newCell()
		}
		c.open = planned.Shape.IsOpen()
		if planned.Kind == record.KindCapacity {
			a.searched(&sc, engine, c)
			continue
		}
		row := a.row(engine, c)
		row.e.Server, row.check = a.crossCheck(engine, c, row.e)
		if planned.Kind != record.KindTTFT {
			windows := c.windows()
			c.rates(&row.e, windows, a.run.Plan.SLO)
			row.open = c.openLoad(planned.Shape, windows)
			if seconds := windows.seconds(); seconds > 0 {
				row.framesPerS = float64(c.frames) / seconds
			}
			sc.Timeline = append(sc.Timeline, a.timeline(engine, c, windows)...)
		}
		sc.Engines = append(sc.Engines, row.e)
		findings = append(findings, row.findings(planned.Name)...)
	}
	return sc, findings
}

// row is what an engine did in a cell, without its rates.
func (a *Aggregator) row(engine string, c *cell) resultRow {
	level, info := a.level(), a.info(engine)
	e := record.EngineResult{
		Engine: engine, Endpoint: cmp.Or(c.endpoint, info.Endpoint), Via: info.Via, Requests: c.requests, Succeeded: c.succeeded,
		Failed: c.requests - c.succeeded - c.cancelled, Dropped: c.dropped(),
		Errors: copyCounts(c.errors), TokenSources: copyCounts(c.sources), Clocks: copyCounts(c.clocks),
		SLOAttainment: c.attainment(a.run.Plan.SLO), Lengths: c.lengths(level),
	}
	c.latencies(&e, level)
	overTop, gapsErr := c.gapDistributions(&e, level)
	e.Client = c.health(level, e.TTFT)
	return resultRow{c: c, e: e, info: info, gapsErr: gapsErr, overTop: overTop}
}

func (a *Aggregator) level() float64 {
	if level := a.run.Plan.Confidence; level > 0 && level < 1 {
		return level
	}
	return defaultLevel
}

// info is what the run knows of an engine, the environment before the plan.
func (a *Aggregator) info(engine string) record.EngineInfo {
	for _, e := range slices.Concat(a.run.Environment.Engines, a.run.Plan.Engines) {
		if e.Engine == engine {
			return e
		}
	}
	return record.EngineInfo{}
}
