package record

// Metric is one distribution of an EngineResult under the name that its JSON
// key, targets and the CSV call it by. All are in milliseconds.
type Metric struct {
	Name         string
	Distribution *Distribution
}

// Metrics lists the distributions of a result in the order of its JSON, those
// that hold nothing as nil.
func (e EngineResult) Metrics() []Metric {
	return []Metric{
		{"ttft_ms", e.TTFT},
		{"ttft_from_schedule_ms", e.TTFTFromSchedule},
		{"ttfa_ms", e.TTFA},
		{"tpot_ms", e.TPOT},
		{"gap_ms", e.Gap},
		{"itl_ms", e.ITL},
		{"e2e_ms", e.E2E},
		{"e2e_from_schedule_ms", e.E2EFromSchedule},
		{"queue_ms", e.Queue},
	}
}

// Distribution finds a distribution by its metric's name; nil where the result
// has none of that name.
func (e EngineResult) Distribution(metric string) *Distribution {
	for _, m := range e.Metrics() {
		if m.Name == metric {
			return m.Distribution
		}
	}
	return nil
}

// Statistic finds one number of a distribution by its JSON key: mean, min, max,
// p50, p90, p95, p99 or p99_9. It is absent in a nil distribution and under any
// other name.
func (d *Distribution) Statistic(name string) Float {
	if d == nil {
		return Float{}
	}
	switch name {
	case "mean":
		return d.Mean
	case "min":
		return d.Min
	case "max":
		return d.Max
	case "p50":
		return d.P50
	case "p90":
		return d.P90
	case "p95":
		return d.P95
	case "p99":
		return d.P99
	case "p99_9":
		return d.P999
	}
	return Float{}
}

// Interval finds the confidence interval of a statistic by its JSON key; nil
// where the sample does not support it.
func (d *Distribution) Interval(name string) *Interval {
	if d == nil || d.CI == nil {
		return nil
	}
	switch name {
	case "mean":
		return d.CI.Mean
	case "p50":
		return d.CI.P50
	case "p90":
		return d.CI.P90
	case "p95":
		return d.CI.P95
	case "p99":
		return d.CI.P99
	case "p99_9":
		return d.CI.P999
	}
	return nil
}

// Rate is one single number of an EngineResult and its unit.
type Rate struct {
	Name, Unit string
	Value      Float
}

// Rates lists the single numbers of a result in the order of its JSON.
func (e EngineResult) Rates() []Rate {
	return []Rate{
		{"output_tokens_per_s", "tokens/s", e.OutputTokensPerS},
		{"total_tokens_per_s", "tokens/s", e.TotalTokensPerS},
		{"requests_per_s", "requests/s", e.RequestsPerS},
		{"goodput_per_s", "requests/s", e.GoodputPerS},
		{"slo_attainment", "share", e.SLOAttainment},
	}
}
