package bench

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// keepText hands over what was asked and answered, where somebody wants it. It
// works on what is kept of the stream, when its request is over.
func (r *runner) keepText(x *exchange, a ask, s record.Sample) {
	if r.Texts == nil {
		return
	}
	t := record.Text{RequestID: s.RequestID, Engine: s.Engine, Scenario: s.Scenario, Prompt: []record.TextMessage{}, Cut: x.transcript.cut}
	for _, m := range a.call.Messages {
		t.Prompt = append(t.Prompt, record.TextMessage{Role: m.Role, Content: m.Content})
	}
	t.Reasoning, t.Answer = x.said()
	r.Texts(t)
}
