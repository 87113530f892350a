package history

import (
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// load is one load of a file, and what came of it.
type load struct {
	name  string
	shape record.Shape
	kind  record.ScenarioKind
	// succeeded, failed and cancelled count the file's requests.
	succeeded, failed, cancelled int64
	rates                        rates
	// distributions are the file's own, by the names of metrics; of those that
	// single requests give too they are not used.
	distributions map[string]*record.Distribution
	// requests are single ones, none where the file has none. durationS is how long
	// the load lasted, for slices of time; 0 where that or when requests were sent
	// is not known.
	requests  []request
	durationS float64
}

// rates are the single numbers of a load.
type rates struct {
	requests, goodput, output, total record.Float
}

// request is a single request; what is not known is absent.
type request struct {
	startMS, ttftMS, tpotMS, e2eMS record.Float
	outputTokens, promptTokens     record.Int
	status                         record.Status
}

// assemble makes a run of the loads of a file. Single requests go through the same
// summing up as those that this program measures.
func assemble(of record.Run, engine record.EngineInfo, loads []load) Run {
	of.SchemaVersion, of.Environment.Engines = record.SchemaVersion, []record.EngineInfo{engine}
	of.Plan.Engines, of.Plan.Confidence = of.Environment.Engines, level
	for i, l := range loads {
		loads[i].name = unique(loads[:i], l.name)
		of.Plan.Scenarios = append(of.Plan.Scenarios, record.PlannedScenario{Name: loads[i].name, Kind: l.kind, Shape: l.shape})
	}
	sum := summary.New(of)
	detailed := false
	for _, l := range loads {
		detailed = detailed || len(l.requests) > 0
		l.add(sum, engine.Engine)
	}
	run := Run{Summary: sum.Summary()}
	run.Summary.Partial, run.Summary.Findings = false, []record.Finding{}
	for i, l := range loads {
		l.fill(&run.Summary.Scenarios[i].Engines[0])
		if l.failed > 0 && l.kind == record.KindLoad && len(run.Summary.Scenarios[i].Timeline) == 0 {
			run.Warnings = append(run.Warnings, fmt.Sprintf("it does not tell when the requests of %s were sent, so its %d failures are taken for independent ones", l.name, l.failed))
		}
	}
	if detailed {
		run.Values = sum.Values
	}
	return run
}

// unique is a name that no load before has.
func unique(before []load, name string) string {
	for n := 1; ; n++ {
		candidate := name
		if n > 1 {
			candidate = fmt.Sprintf("%s-%d", name, n)
		}
		taken := false
		for _, l := range before {
			taken = taken || l.name == candidate
		}
		if !taken {
			return candidate
		}
	}
}

// add hands the single requests to the summing up.
func (l load) add(sum *summary.Aggregator, engine string) {
	sent := len(l.requests) > 0
	for i, r := range l.requests {
		sent = sent && r.startMS.Known()
		sum.Add(record.Sample{
			Engine: engine, Scenario: l.name, Phase: record.PhaseMeasure, Seq: int64(i), Attempt: 1, Status: r.status, Clock: record.ClockUser,
			SentMS: r.startMS, TTFTMS: r.ttftMS, TPOTMS: r.tpotMS, E2EMS: r.e2eMS, OutputTokens: r.outputTokens, PromptTokens: r.promptTokens,
		})
	}
	if sent && l.durationS > 0 {
		sum.AddBlock(record.Block{ID: l.name, Engine: engine, Scenario: l.name, EndMS: l.durationS * 1000, Done: true})
	}
}

// fill puts in what the file itself says, and takes out what no one knows: the
// classes of failures, and how the client did.
func (l load) fill(row *record.EngineResult) {
	row.Requests, row.Succeeded, row.Failed = l.succeeded+l.failed+l.cancelled, l.succeeded, l.failed
	row.Errors, row.Client, row.Server = nil, nil, nil
	if row.Clocks = nil; l.succeeded > 0 {
		row.Clocks = map[record.Clock]int64{record.ClockUser: l.succeeded}
	}
	for metric, into := range map[string]**record.Distribution{"ttft_ms": &row.TTFT, "tpot_ms": &row.TPOT, "e2e_ms": &row.E2E, "itl_ms": &row.ITL} {
		if *into == nil {
			*into = l.distributions[metric]
		}
	}
	for _, r := range []struct {
		into *record.Float
		file record.Float
	}{{&row.RequestsPerS, l.rates.requests}, {&row.GoodputPerS, l.rates.goodput}, {&row.OutputTokensPerS, l.rates.output}, {&row.TotalTokensPerS, l.rates.total}} {
		if r.file.Known() {
			*r.into = r.file
		}
	}
}
