package engine

import (
	"errors"
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Metered is a protocol whose engine keeps count of itself for Prometheus.
type Metered interface {
	// MetricsPath is what to GET for the engine's counters.
	MetricsPath() string
	// ReadMetrics reads the answer into the counters and gauges of a
	// ServerSample; its other fields are the caller's. What the engine does not
	// tell stays absent. The error is [ErrNoSeries] where nothing in the text is
	// known, and another where a line that matters cannot be read or holds a
	// number that no counter can have.
	ReadMetrics(text []byte) (record.ServerSample, error)
}

// ErrNoSeries says that an endpoint's metrics hold no known name: another
// program's, or a web page.
var ErrNoSeries = errors.New("no known series in it")

// metricsPath is where every engine that has metrics has them.
const metricsPath = "/metrics"

// seriesNames are an engine's names for what a ServerSample holds, the newest
// first. Names of counters stand without the _total that client libraries add.
type seriesNames struct {
	requests, promptTokens, outputTokens, preemptions []string
	queue, running, kvCache                           []string
	ttftSeconds                                       []string
	// durations are families of seconds of which a mean is of interest, and
	// prefix what their names begin with.
	durations []string
	prefix    string
}

// processStart is what Prometheus' client libraries call the time at which the
// process began.
const processStart = "process_start_time_seconds"

func (n seriesNames) all() []string {
	names := []string{processStart}
	for _, some := range [][]string{n.requests, n.promptTokens, n.outputTokens, n.preemptions, n.queue, n.running, n.kvCache, n.ttftSeconds, n.durations} {
		names = append(names, some...)
	}
	return names
}

// readMetrics reads an engine's metrics by its names for them.
func readMetrics(text []byte, names seriesNames) (record.ServerSample, error) {
	sheet, err := readSheet(text, names.all(), names.ttftSeconds)
	if err != nil {
		return record.ServerSample{}, fmt.Errorf("read metrics: %w", err)
	}
	r := sheetReader{sheet: sheet}
	s := record.ServerSample{
		Requests: r.counter(names.requests, nil), PromptTokens: r.counter(names.promptTokens, nil),
		Aborted:      r.counter(names.requests, wasAborted),
		OutputTokens: r.counter(names.outputTokens, nil), Preemptions: r.counter(names.preemptions, nil),
		Queue: r.gauge(names.queue, sum), Running: r.gauge(names.running, sum), KVCache: r.gauge(names.kvCache, mean),
		TTFT: r.histogram(names.ttftSeconds), Durations: r.durations(names),
	}
	switch {
	case r.err != nil:
		return record.ServerSample{}, fmt.Errorf("read metrics: %w", r.err)
	case r.found == 0:
		return record.ServerSample{}, ErrNoSeries
	}
	s.StartedS = r.gauge([]string{processStart}, latest)
	return s, r.err
}

// wasAborted picks the requests that were broken off. vLLM calls the label
// finished_reason (v1/metrics/loggers.py), its simulator finish_reason.
func wasAborted(labels map[string]string) bool {
	return labels["finished_reason"] == "abort" || labels["finish_reason"] == "abort"
}
