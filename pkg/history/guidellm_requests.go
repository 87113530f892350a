package history

import (
	"fmt"
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// guideRequest is a single request. Stamps are in seconds since 1970.
type guideRequest struct {
	Start        loose `json:"start_time"` // up to v0.3
	Sent         loose `json:"request_start_time"`
	Latency      loose `json:"request_latency"` // s
	TTFT         loose `json:"time_to_first_token_ms"`
	ITL          loose `json:"inter_token_latency_ms"`
	OutputTokens loose `json:"output_tokens"`
	PromptTokens loose `json:"prompt_tokens"`
}

// requests reads single requests. GuideLLM may keep a random sample of them
// (--sample-requests), in no order, or those of the warm-up too; unless there are
// as many as it counts they are not used.
func (b guideBenchmark) requests(l *load) (warnings []string) {
	kept := b.Requests
	switch {
	case len(kept.Successful) == 0:
		return []string{fmt.Sprintf("%s holds no single requests, so nothing tells how much its latencies vary", l.name)}
	case int64(len(kept.Successful)) != l.succeeded:
		return []string{fmt.Sprintf("%s keeps %d of its %d successful requests, which may be a sample or hold its warm-up, so they are not used", l.name, len(kept.Successful), l.succeeded)}
	}
	whole := int64(len(kept.Errored)) == l.failed && int64(len(kept.Incomplete)) == l.cancelled
	first := math.Inf(1)
	for _, r := range kept.Successful {
		first = math.Min(first, r.began().value)
	}
	for _, r := range kept.Successful {
		l.requests = append(l.requests, r.request(record.StatusOK, first))
	}
	if !whole {
		return nil
	}
	for _, r := range kept.Errored {
		l.requests = append(l.requests, r.request(failedSomehow, first))
	}
	for _, r := range kept.Incomplete {
		l.requests = append(l.requests, r.request(record.StatusCancelled, first))
	}
	if l.durationS = b.Duration.measured(1).Or(0); l.durationS == 0 && b.EndTime.known && b.StartTime.known {
		l.durationS = math.Max(b.EndTime.value-b.StartTime.value, 0)
	}
	return nil
}

func (r guideRequest) began() loose {
	if r.Sent.known {
		return r.Sent
	}
	return r.Start
}

func (r guideRequest) request(status record.Status, first float64) request {
	out := request{status: status}
	if began := r.began(); began.known {
		out.startMS = record.Some((began.value - first) * 1000)
	}
	if status != record.StatusOK {
		return out
	}
	out.ttftMS, out.e2eMS = r.TTFT.positive(1), r.Latency.positive(1000)
	if n, ok := r.OutputTokens.count(); ok && n > 0 {
		out.outputTokens = record.Some(n)
		if n > 1 {
			out.tpotMS = r.ITL.positive(1)
		}
	}
	if n, ok := r.PromptTokens.count(); ok && n > 0 {
		out.promptTokens = record.Some(n)
	}
	return out
}
