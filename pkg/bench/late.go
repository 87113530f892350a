package bench

import (
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// warnOfLateText says once for each engine that it sent text behind its finish
// marker, and once that it did behind the end of its stream. The first was
// generated and is read by clients, so it counts; the second no client reads, and
// it may be of another answer, so it does not.
func (r *runner) warnOfLateText(t *Target, s record.Sample) {
	if n := s.FramesAfterFinish; n > 0 {
		r.sayLate(t, s.Scenario, record.Finding{
			ID:      "text-after-finish",
			Message: fmt.Sprintf("it sent %d frames with text behind its finish marker, in request %s for one; they are counted, because clients read them", n, s.RequestID),
			Remedy:  "look for a proxy or a parser of reasoning and tool calls that sends text late; frames_after_finish in raw/samples.jsonl names the requests",
		})
	}
	if n := s.FramesAfterEnd; n > 0 {
		r.sayLate(t, s.Scenario, record.Finding{
			ID:      "text-after-end",
			Message: fmt.Sprintf("it sent %d frames with text behind the end of its stream, in request %s for one; they are not counted, because no client reads on", n, s.RequestID),
			Remedy:  "look for a proxy that mixes answers; frames_after_end in raw/samples.jsonl names the requests, and answers may hold text of others",
		})
	}
}

func (r *runner) sayLate(t *Target, scenario string, f record.Finding) {
	if _, known := r.late.LoadOrStore([2]string{t.Name, f.ID}, true); known {
		return
	}
	f.Severity, f.Subject = record.SeverityWarn, t.Name
	r.Notify(Event{Kind: EventFinding, Scenario: scenario, Engine: t.Name, Finding: &f})
}
