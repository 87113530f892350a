package history

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// The keys of a GuideLLM report are those of GenerativeBenchmarksReport: in
// guidellm/benchmark/benchmark.py up to v0.3, and in
// guidellm/benchmark/schemas/generative of later versions.

// guideDefinitions say how GuideLLM (guidellm/schemas/request_stats.py) defines what
// has another definition here (docs/metrics.md).
var guideDefinitions = []string{
	"GuideLLM takes times in user space, which is late under load; its request latency ends with the stream and not with the last token",
	"GuideLLM's inter-token latency, which is compared as TPOT, divides by all tokens but one, and its own percentiles weigh each request by its tokens",
}

// guideStrategy is the load: up to v0.3 in args, then in config.
type guideStrategy struct {
	Type           string `json:"type_"`
	Streams        loose  `json:"streams"`
	MaxConcurrency loose  `json:"max_concurrency"`
	Rate           loose  `json:"rate"`
}

// guideBackend names the model.
type guideBackend struct {
	Type  string `json:"type_"`
	Model string `json:"model"`
}

// guideCounts count requests by how they ended.
type guideCounts struct {
	Successful, Incomplete, Errored loose
}

// guideDistribution is one status of a metric; times are in the metric's unit.
type guideDistribution struct {
	Mean, Median, Min, Max loose
	Percentiles            map[string]loose
}

// guideMetric is a metric; of its statuses only the successful one is read.
type guideMetric struct {
	Successful guideDistribution
}

// guideBenchmark is one load of a report.
type guideBenchmark struct {
	Args   struct{ Strategy guideStrategy }
	Config struct {
		Strategy guideStrategy
		Backend  guideBackend
	}
	Worker struct {
		Model string `json:"backend_model"`
	}
	TotalCount    *guideCounts `json:"total_count"`
	RequestTotals *guideCounts `json:"request_totals"`
	StartTime     loose        `json:"start_time"`
	EndTime       loose        `json:"end_time"`
	Duration      loose
	Metrics       struct {
		RequestTotals *guideCounts `json:"request_totals"`
		TTFT          guideMetric  `json:"time_to_first_token_ms"`
		ITL           guideMetric  `json:"inter_token_latency_ms"`
		Latency       guideMetric  `json:"request_latency"`
		Requests      guideMetric  `json:"requests_per_second"`
		Output        guideMetric  `json:"output_tokens_per_second"`
		Total         guideMetric  `json:"tokens_per_second"`
	}
	Requests struct {
		Successful, Incomplete, Errored []guideRequest
	}
}

func readGuideLLM(data []byte) (Run, error) {
	var report struct {
		Args       struct{ Model string }
		Benchmarks []guideBenchmark
	}
	if err := json.Unmarshal(data, &report); err != nil {
		return Run{}, fmt.Errorf("it is no report of GuideLLM: %w", err)
	}
	var loads []load
	var warnings []string
	model := report.Args.Model
	for i, b := range report.Benchmarks {
		l, said, err := b.load()
		if err != nil {
			return Run{}, fmt.Errorf("read benchmark %d of a report of GuideLLM: %w", i+1, err)
		}
		loads, warnings = append(loads, l), append(warnings, said...)
		model = cmp.Or(model, b.Config.Backend.Model, b.Worker.Model)
	}
	if len(loads) == 0 {
		return Run{}, errors.New("it is a report of GuideLLM without any benchmark")
	}
	run := assemble(record.Run{}, record.EngineInfo{Engine: "openai", Model: model}, loads)
	run.Program, run.Definitions, run.Warnings = ProgramGuideLLM, guideDefinitions, append(warnings, run.Warnings...)
	return run, nil
}

func (b guideBenchmark) load() (load, []string, error) {
	l := load{kind: record.KindLoad}
	l.name, l.shape = b.shape()
	counts := firstOf(b.Metrics.RequestTotals, b.TotalCount, b.RequestTotals)
	if counts == nil {
		return l, nil, errors.New("it does not count its requests (request_totals, total_count)")
	}
	succeeded, ok := counts.Successful.count()
	if !ok {
		return l, nil, errors.New("its count of successful requests is no count")
	}
	l.succeeded = succeeded
	l.failed, _ = counts.Errored.count()
	l.cancelled, _ = counts.Incomplete.count()
	l.rates = rates{
		requests: b.Metrics.Requests.Successful.Mean.measured(1),
		output:   b.Metrics.Output.Successful.Mean.positive(1), total: b.Metrics.Total.Successful.Mean.positive(1),
	}
	l.distributions = map[string]*record.Distribution{
		"ttft_ms": b.Metrics.TTFT.distribution(l.succeeded, 1), "tpot_ms": b.Metrics.ITL.distribution(l.succeeded, 1),
		"e2e_ms": b.Metrics.Latency.distribution(l.succeeded, 1000),
	}
	return l, b.requests(&l), nil
}

func firstOf(all ...*guideCounts) *guideCounts {
	for _, c := range all {
		if c != nil {
			return c
		}
	}
	return nil
}

// shape is the load and a name that tells it from the others of a report.
func (b guideBenchmark) shape() (string, record.Shape) {
	s := b.Config.Strategy
	if s.Type == "" {
		s = b.Args.Strategy
	}
	streams, _ := s.Streams.count()
	most, _ := s.MaxConcurrency.count()
	rate := s.Rate.measured(1).Or(0)
	switch s.Type {
	case "synchronous":
		return s.Type, record.Shape{Arrival: record.ArrivalUsers, Users: 1}
	case "concurrent":
		return fmt.Sprintf("concurrent-%d", streams), record.Shape{Arrival: record.ArrivalUsers, Users: int(streams)}
	case "throughput":
		return s.Type, record.Shape{Arrival: record.ArrivalUsers, Users: int(most)}
	case "poisson", "constant":
		return fmt.Sprintf("%s-%g", s.Type, math.Round(rate*100)/100), record.Shape{Arrival: s.Type, RatePerS: rate, MaxInFlight: int(most)}
	}
	return cmp.Or(s.Type, "load"), record.Shape{Arrival: s.Type, RatePerS: rate, MaxInFlight: int(most)}
}

// guidePercentiles are GuideLLM's names of ours. Percentiles are the smallest value
// with so much of the weight at or below it.
var guidePercentiles = map[string]string{"p50": "p50", "p90": "p90", "p95": "p95", "p99": "p99", "p99_9": "p999"}

func (m guideMetric) distribution(n int64, factor float64) *record.Distribution {
	d := m.Successful
	return distribution(n, func(statistic string) record.Float {
		switch statistic {
		case "mean":
			return d.Mean.positive(factor)
		case "min":
			return d.Min.positive(factor)
		case "max":
			return d.Max.positive(factor)
		case "p50":
			if d.Median.known {
				return d.Median.positive(factor)
			}
		}
		return d.Percentiles[guidePercentiles[statistic]].positive(factor)
	})
}
