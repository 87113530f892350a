package summary

import (
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// asked is a request whose lengths were aimed at.
func asked(prompt, promptTarget, output, outputTarget int64) record.Sample {
	return with(request(0, 100, 1000, output), func(s *record.Sample) {
		s.PromptTokens, s.PromptTargetTokens = record.Some(prompt), record.Some(promptTarget)
		s.OutputTargetTokens = record.Some(outputTarget)
	})
}

func TestLengths(t *testing.T) {
	plain := request(0, 100, 1000, 20)
	failed := failure(0, record.StatusReset)
	failed.PromptTargetTokens, failed.OutputTargetTokens = record.Some(int64(900)), record.Some(int64(900))
	warmup := with(asked(1, 900, 1, 900), func(s *record.Sample) { s.Phase = record.PhaseWarmup })
	later := with(asked(5000, 0, 20, 20), func(s *record.Sample) { s.PromptTargetTokens = record.Int{} }) // a later turn
	for _, c := range []struct {
		name    string
		samples []record.Sample
		forced  string // yes, no or unasked
		finding string
	}{
		{"hit and forced", []record.Sample{asked(101, 100, 30, 30), asked(199, 200, 20, 20), failed, warmup}, "yes", ""},
		{"within two percent", []record.Sample{asked(102, 100, 30, 30)}, "yes", ""},
		{"too long", []record.Sample{asked(103, 100, 30, 30)}, "yes", "lengths-missed: in chat: prompts had 103.0 tokens on the mean where 100.0 were aimed at (+3.0 %)"},
		{"too short", []record.Sample{asked(90, 100, 30, 30), asked(100, 100, 30, 30)}, "yes", "lengths-missed: in chat: prompts had 95.0 tokens on the mean where 100.0 were aimed at (-5.0 %)"},
		{"later turns aim at no prompt length", []record.Sample{asked(100, 100, 20, 20), later}, "yes", ""},
		{"an answer that ended by itself", []record.Sample{asked(100, 100, 30, 30), asked(100, 100, 10, 30)}, "no", "output-not-forced: in chat: 1 of 2 answers did not have the length that was asked for (20.0 tokens on the mean instead of 30.0)"},
		{"nothing asked", []record.Sample{plain}, "unasked", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := New(finishedRun())
			for _, s := range c.samples {
				a.Add(s)
			}
			sum := a.Summary()
			e := sum.Scenarios[1].Engines[0]
			forced := "unasked"
			if f := e.Lengths.Forced; f != nil {
				forced = map[bool]string{true: "yes", false: "no"}[*f]
			}
			if forced != c.forced {
				t.Errorf("forced is %s, want %s", forced, c.forced)
			}
			found := ""
			for _, f := range sum.Findings {
				if f.ID == "lengths-missed" || f.ID == "output-not-forced" {
					found += f.ID + ": " + f.Message
				}
			}
			if (c.finding == "") != (found == "") || !strings.HasPrefix(found, c.finding) {
				t.Errorf("found %q, want %q", found, c.finding)
			}
		})
	}
}

func TestLengthsAreOfSuccessfulMeasuredRequests(t *testing.T) {
	a := New(finishedRun())
	a.Add(asked(100, 98, 30, 31))
	a.Add(with(asked(1, 1, 1, 1), func(s *record.Sample) { s.Status = record.StatusTruncated }))
	l := a.Summary().Scenarios[1].Engines[0].Lengths
	for name, d := range map[float64]*record.Distribution{100: l.Prompt, 98: l.PromptTarget, 30: l.Output, 31: l.OutputTarget} {
		if d == nil || d.N != 1 || d.Mean != record.Some(name) {
			t.Errorf("a distribution of %g is %+v", name, d)
		}
	}
	if e := New(finishedRun()).Summary().Scenarios[0].Engines[0]; e.Lengths != nil {
		t.Errorf("lengths of nothing: %+v", e.Lengths)
	}
}
