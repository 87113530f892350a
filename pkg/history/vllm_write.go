package history

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// WriteVLLM writes one engine's part of a scenario as `vllm bench serve
// --save-result` does, and what the run was under the key llmbench. values may be
// nil. It fails where the run has no such part.
//
// What a run of this program does not have is null, as request_goodput is in
// vLLM's own files: duration (rates are over measured windows), tokenizer_id, totals
// of tokens where a request did not tell its own, and std_*_ms without values.
// std_itl_ms is always null. Percentiles are exact order statistics, and one that
// too few requests support is left out. ttfts, input_lens, output_lens and errors are
// there where every request succeeded; itls and generated_texts never are.
func WriteVLLM(w io.Writer, s record.Summary, values func(scenario, engine, metric string) []float64, engine, scenario string) error {
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			if sc.Name == scenario && e.Engine == engine {
				data, err := json.MarshalIndent(vllmResult(s, sc, e, values), "", "  ")
				if err != nil {
					return fmt.Errorf("encode %s in %s as a result of vllm bench serve: %w", engine, scenario, err)
				}
				_, err = w.Write(append(record.Escaped(data), '\n'))
				return err
			}
		}
	}
	return fmt.Errorf("write a result of vllm bench serve: the run has no %q in the scenario %q", engine, scenario)
}

// VLLMPart is what one file of WriteVLLM holds.
type VLLMPart struct {
	Engine, Scenario string
	// File is relative to the run's directory: reports/vllm-<engine>-<scenario>.json,
	// with - for whatever not every system takes in a name.
	File string
}

// VLLMParts lists what there is to write of a run: each engine in each scenario in
// which it was asked anything. No two have one file.
func VLLMParts(s record.Summary) []VLLMPart {
	var all []VLLMPart
	taken := map[string]bool{}
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			if e.Requests == 0 {
				continue
			}
			stem := "reports/vllm-" + slug(e.Engine) + "-" + slug(sc.Name)
			name := stem
			for n := 2; taken[name]; n++ {
				name = fmt.Sprintf("%s-%d", stem, n)
			}
			taken[name] = true
			all = append(all, VLLMPart{e.Engine, sc.Name, name + ".json"})
		}
	}
	return all
}

func slug(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '_':
			return r
		case r >= 'A' && r <= 'Z': // some systems do not tell case
			return r + ('a' - 'A')
		}
		return '-'
	}, name[:min(len(name), 80)])
}

func vllmResult(s record.Summary, sc record.ScenarioResult, e record.EngineResult, values func(scenario, engine, metric string) []float64) map[string]any {
	of := func(metric string) []float64 {
		if values == nil {
			return nil
		}
		return values(sc.Name, e.Engine, metric)
	}
	info := engineInfo(s, e)
	out := map[string]any{
		"date": date(s.StartedAt), "backend": backend(info.Kind), "endpoint_type": backend(info.Kind), "label": e.Engine,
		"model_id": info.Model, "tokenizer_id": nil, "num_prompts": e.Succeeded + e.Failed, "duration": nil,
		keyCompleted: e.Succeeded, "failed": e.Failed,
		"total_input_tokens": total(of("prompt_tokens"), e.Succeeded), "total_output_tokens": total(of("output_tokens"), e.Succeeded),
		"request_throughput": e.RequestsPerS, "request_goodput": e.GoodputPerS, "output_throughput": e.OutputTokensPerS, "total_token_throughput": e.TotalTokensPerS,
		keyOwn: provenance{s.RunID, s.Name, s.StartedAt, s.Simulated, sc.Name, sc.Kind, sc.Shape, info},
	}
	traffic(out, sc.Shape)
	for metric, key := range vllmMetrics {
		statistics(out, key, e.Distribution(metric), of(metric))
	}
	single(out, e, of)
	return out
}

// date is a time as vLLM writes it, in UTC.
func date(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("20060102-150405")
}

// engineInfo is what is known of an engine, without its command line and address.
func engineInfo(s record.Summary, e record.EngineResult) record.EngineInfo {
	info := record.EngineInfo{Engine: e.Engine, Via: e.Via}
	for _, known := range s.Environment.Engines {
		if known.Engine == e.Engine {
			info = known
		}
	}
	info.Args, info.Endpoint, info.Node = nil, "", ""
	return info
}

// backend is vLLM's name of a protocol, one of ASYNC_REQUEST_FUNCS.
func backend(kind string) string {
	switch kind {
	case "vllm", "openai":
		return "openai-chat"
	case "tgi":
		return kind
	}
	return "openai"
}

// total adds up a count, nil where not every request told it.
func total(values []float64, requests int64) any {
	if requests == 0 || int64(len(values)) != requests {
		return nil
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return int64(math.Round(sum))
}

// traffic writes the load as vLLM's flags would ask for it.
func traffic(out map[string]any, s record.Shape) {
	rate, burstiness, most := any("inf"), any(1.0), any(nil)
	if s.MaxInFlight > 0 {
		most = s.MaxInFlight
	}
	switch s.Arrival {
	case record.ArrivalSequential:
		most = 1
	case record.ArrivalUsers:
		most = s.Users
	case "constant":
		rate, burstiness = s.RatePerS, "inf"
	case "poisson":
		rate = s.RatePerS
	case "gamma":
		rate, burstiness = s.RatePerS, s.Burstiness
	case "ramp":
		out["ramp_up_strategy"], out["ramp_up_start_rps"], out["ramp_up_end_rps"] = "linear", s.RatePerS, s.ToRatePerS
	default:
		rate, burstiness = nil, nil
	}
	out["request_rate"], out["burstiness"], out["max_concurrency"] = rate, burstiness, most
}

// statistics writes those of one metric under vLLM's names.
func statistics(out map[string]any, key string, d *record.Distribution, values []float64) {
	if d == nil {
		return
	}
	for ours, theirs := range vllmStatistics {
		if v := d.Statistic(ours); v.Known() {
			out[theirs+"_"+key+"_ms"] = v
		}
	}
	out["std_"+key+"_ms"] = deviation(values, d.N)
}

// deviation is the standard deviation of a whole population, as numpy.std.
func deviation(values []float64, n int64) record.Float {
	if len(values) == 0 || int64(len(values)) != n {
		return record.Float{}
	}
	mean, sum := 0.0, 0.0
	for _, v := range values {
		mean += v / float64(n)
	}
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return record.Some(math.Sqrt(sum / float64(n)))
}

// single writes what is known of single requests, where each has everything, since
// the lists are read side by side.
func single(out map[string]any, e record.EngineResult, of func(string) []float64) {
	ttfts, input, output := of("ttft_ms"), of("prompt_tokens"), of("output_tokens")
	n := int(e.Requests)
	if n == 0 || e.Succeeded != e.Requests || len(ttfts) != n || len(output) != n || len(input) != n {
		return
	}
	seconds := make([]float64, n)
	for i, v := range ttfts {
		seconds[i] = v / float64(time.Second/time.Millisecond)
	}
	out["ttfts"], out["input_lens"], out["output_lens"], out["errors"] = seconds, input, output, make([]string, n)
}
