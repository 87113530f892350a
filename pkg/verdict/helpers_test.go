package verdict

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// bench makes summaries whose rows, like those of pkg/summary, follow from the
// numbers of single requests.
type bench struct {
	summary record.Summary
	of      map[string][]float64
}

func newBench(engines ...string) *bench {
	b := &bench{of: map[string][]float64{}}
	b.summary = record.Summary{SchemaVersion: record.SchemaVersion, RunID: "r", Findings: []record.Finding{}, Targets: []record.TargetResult{}}
	for _, e := range engines {
		b.summary.Environment.Engines = append(b.summary.Environment.Engines, record.EngineInfo{
			Engine: e, Kind: e, Model: "meta-llama/Llama-3.1-8B-Instruct", DtypeOrQuantisation: "bfloat16", ContextLength: 8192,
			GPU: &record.GPU{Product: "A100", Count: 1}, Node: "node-" + e, Replicas: 1, Endpoint: "http://" + e, Via: "cluster-dns",
		})
	}
	return b
}

func (b *bench) values(scenario, engine, metric string) []float64 {
	return slices.Clone(b.of[scenario+"/"+engine+"/"+metric])
}

func (b *bench) scenario(name string, kind record.ScenarioKind) *record.ScenarioResult {
	for i := range b.summary.Scenarios {
		if b.summary.Scenarios[i].Name == name {
			return &b.summary.Scenarios[i]
		}
	}
	sc := record.ScenarioResult{Name: name, Kind: kind, Shape: record.Shape{Arrival: record.ArrivalUsers, Users: 8, PrefixCache: "bust"}}
	if kind == record.KindTTFT {
		sc.Shape = record.Shape{Arrival: record.ArrivalSequential, PrefixCache: "bust", Iterations: 200}
	}
	b.summary.Scenarios = append(b.summary.Scenarios, sc)
	return &b.summary.Scenarios[len(b.summary.Scenarios)-1]
}

// engine is one engine's numbers in a scenario.
type engine struct {
	name       string
	ttft, tpot []float64
	failed     int64
	// tokens is the rate of each second of a load.
	tokens []float64
}

func (b *bench) add(scenario string, kind record.ScenarioKind, e engine) {
	sc := b.scenario(scenario, kind)
	r := record.EngineResult{
		Engine: e.name, Endpoint: "http://" + e.name, Via: infoOf(b.summary, e.name).Via, Requests: int64(len(e.ttft)) + e.failed,
		Succeeded: int64(len(e.ttft)), Failed: e.failed, TTFT: described(e.ttft), TPOT: described(e.tpot),
		Client: &record.ClientHealth{Verdict: record.ClientOK},
	}
	if e.failed > 0 {
		r.Errors = map[record.Status]int64{record.StatusReset: e.failed}
	}
	b.of[scenario+"/"+e.name+"/ttft_ms"], b.of[scenario+"/"+e.name+"/tpot_ms"] = e.ttft, e.tpot
	for i, rate := range e.tokens {
		sc.Timeline = append(sc.Timeline, record.TimelinePoint{TS: float64(i), Engine: e.name, OutputTokensPerS: rate, RequestsPerS: rate / 100})
	}
	if len(e.tokens) > 0 {
		r.OutputTokensPerS = record.Some(stats.Mean(e.tokens))
		r.RequestsPerS = record.Some(stats.Mean(e.tokens) / 100)
	}
	sc.Engines = append(sc.Engines, r)
}

func described(values []float64) *record.Distribution {
	if len(values) == 0 {
		return nil
	}
	s := stats.Sorted(slices.Sorted(slices.Values(values)))
	d := &record.Distribution{N: s.N(), Mean: record.Some(stats.Mean(s)), Min: record.Some(s.At(1)), Max: record.Some(s.At(s.N())), CI: &record.Intervals{Level: 0.95}}
	for _, q := range []struct {
		p  float64
		v  *record.Float
		ci **record.Interval
	}{{0.5, &d.P50, &d.CI.P50}, {0.9, &d.P90, &d.CI.P90}, {0.95, &d.P95, &d.CI.P95}, {0.99, &d.P99, &d.CI.P99}} {
		if low, high, ok := stats.QuantileInterval(s, q.p, 0.95); ok {
			v, _ := stats.Quantile(s, q.p)
			*q.v, *q.ci = record.Some(v), &record.Interval{low, high}
		}
	}
	return d
}

// source draws numbers that repeat.
type source struct{ *rand.Rand }

func seeded(seed uint64) source { return source{rand.New(rand.NewPCG(seed, 99))} }

// lognormal draws n numbers with this median and about this coefficient of
// variation.
func (s source) lognormal(n int, median, cv float64) []float64 {
	sigma := math.Sqrt(math.Log(1 + cv*cv))
	all := make([]float64, n)
	for i := range all {
		all[i] = median * math.Exp(sigma*s.NormFloat64())
	}
	return all
}

// ar1 draws a series whose neighbours correlate by phi.
func (s source) ar1(n int, mean, cv, phi float64) []float64 {
	all, x := make([]float64, n), s.NormFloat64()
	for i := range all {
		x = phi*x + math.Sqrt(1-phi*phi)*s.NormFloat64()
		all[i] = mean * math.Max(1+cv*x, 0.01)
	}
	return all
}

func winner(w *string) string {
	if w == nil {
		return "none"
	}
	return *w
}

func dimensionNamed(v *record.ScenarioVerdict, name string) record.Dimension {
	for _, d := range v.Dimensions {
		if d.Name == name {
			return d
		}
	}
	panic(fmt.Sprintf("no dimension %s in %+v", name, v))
}
