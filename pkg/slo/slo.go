package slo

import (
	"strconv"
	"strings"
)

// Success is the metric of the share of requests that succeeded.
const Success = "success"

// metrics are the latencies that a limit may be about, as configuration and
// results call them without their unit.
var metrics = []string{"ttft", "ttfa", "tpot", "e2e"}

// quantiles are the statistics that a limit may be about.
var quantiles = map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99_9": 0.999}

// Limit is one limit: a quantile of a latency stays within Max milliseconds, or
// the share of requests that succeed is at least MinPercent.
type Limit struct {
	// Metric is ttft, ttfa, tpot, e2e or Success.
	Metric string
	// Statistic is p50, p90, p95, p99 or p99_9, and "" of Success.
	Statistic string
	// MaxMS limits a latency, in milliseconds.
	MaxMS float64
	// MinPercent is the least share of requests that must succeed, above 0 and
	// below 100.
	MinPercent float64
}

// MinShare is MinPercent as a share, 0..1.
func (l Limit) MinShare() float64 { return l.MinPercent / 100 }

// P is the quantile's share: 0.95 for p95.
func (l Limit) P() float64 { return quantiles[l.Statistic] }

// String writes the limit so that Parse reads it back the same.
func (l Limit) String() string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	if l.Metric == Success {
		return Success + ">=" + number(l.MinPercent) + "%"
	}
	return l.Metric + ":" + l.Statistic + "<" + number(l.MaxMS) + "ms"
}

// SLO is limits that must all hold.
type SLO []Limit

// String writes the limits as Parse reads them.
func (s SLO) String() string {
	texts := make([]string, len(s))
	for i, l := range s {
		texts[i] = l.String()
	}
	return strings.Join(texts, ",")
}
