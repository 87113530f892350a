package bench

import (
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// A prompt of at least cutFrom bytes that the engine counts as fewer than a
// token for each cutBytes was cut: tokenizers make a token of about four bytes
// of prose, and of less elsewhere.
const (
	cutFrom  = 1000
	cutBytes = 10
)

// wasCut says whether an engine's count shows that it read a part of the prompt.
func wasCut(promptBytes int, s record.Sample) bool {
	n, counted := s.PromptTokens.Get()
	return counted && promptBytes >= cutFrom && int64(promptBytes) > cutBytes*(n+s.CachedTokens.Or(0))
}

// warnOfCut says once for each engine that it cuts prompts in silence, as
// Ollama does where a prompt is longer than num_ctx.
func (r *runner) warnOfCut(t *Target, scenario string, promptBytes int, s record.Sample) {
	if s.Status != record.StatusOK || !wasCut(promptBytes, s) {
		return
	}
	if _, known := r.cut.LoadOrStore(t.Name, true); known {
		return
	}
	r.Notify(Event{Kind: EventFinding, Scenario: scenario, Engine: t.Name, Finding: &record.Finding{
		ID: "prompt-cut", Severity: record.SeverityWarn, Subject: t.Name,
		Message: fmt.Sprintf("a prompt of %d bytes was read as %d tokens, so the engine cut it without saying so and answers sooner than one that reads it all", promptBytes, s.PromptTokens.Or(0)),
		Remedy:  "raise generation.context_length, or the engine's own limit, or use shorter prompts",
	}})
}
