package story

import "strings"

// metricNames are what people call the metrics of results.
var metricNames = map[string]string{ //nolint:gosec // the tokens are words of a model, not secrets
	"ttft_ms":               "TTFT",
	"ttft_from_schedule_ms": "TTFT from schedule",
	"ttfa_ms":               "TTFA",
	"tpot_ms":               "TPOT",
	"gap_ms":                "Inter-chunk gap",
	"itl_ms":                "ITL",
	"e2e_ms":                "End-to-end latency",
	"e2e_from_schedule_ms":  "End-to-end from schedule",
	"queue_ms":              "Client queue delay",
	"output_tokens_per_s":   "Output tokens/s",
	"total_tokens_per_s":    "Total tokens/s",
	"requests_per_s":        "Requests/s",
	"goodput_per_s":         "Goodput",
	"slo_attainment":        "SLO attainment",
	"success_share":         "Share that succeeded",
}

// MetricName is what a metric's key of results is called in text: TTFT for
// ttft_ms. A key it does not know is returned with spaces for underscores.
func MetricName(key string) string {
	if name := metricNames[key]; name != "" {
		return name
	}
	return Printable(strings.ReplaceAll(key, "_", " "))
}

// MetricUnit is the unit of a metric's values, from its key; "" where the key
// tells none.
func MetricUnit(key string) string {
	switch {
	case strings.HasSuffix(key, "_ms"):
		return "ms"
	case strings.HasSuffix(key, "tokens_per_s"):
		return "tokens/s"
	case strings.HasSuffix(key, "_per_s"):
		return "requests/s"
	case strings.HasSuffix(key, "_share"), key == "slo_attainment":
		return unitShare
	}
	return ""
}

// StatisticName is a statistic's key in text: P95 for p95, P99.9 for p99_9.
func StatisticName(key string) string {
	if strings.HasPrefix(key, "p") {
		return strings.ToUpper(strings.ReplaceAll(key, "_", "."))
	}
	return Printable(key)
}

// measure is a metric and its statistic in one: TTFT P95. What is one number of a
// whole scenario, a rate or a share, needs no statistic.
func measure(metric, statistic string) string {
	if statistic == "" || !strings.HasSuffix(metric, "_ms") {
		return MetricName(metric)
	}
	return MetricName(metric) + " " + StatisticName(statistic)
}
