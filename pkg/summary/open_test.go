package summary

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// openRun is a run whose load is an open loop.
func openRun() record.Run {
	r := finishedRun()
	r.Plan.Scenarios[1].Shape = record.Shape{Arrival: "poisson", RatePerS: 10, DurationS: 10, MaxInFlight: 7}
	return r
}

func TestOpenLoadFindings(t *testing.T) {
	in := withBlock(window("b", 0, 10_000), func(b *record.Block) {
		b.Client = &record.ClientUsage{CPUSeconds: 0.1, WallSeconds: 10, Cores: 1}
	})
	dropping := func(n int64) record.Block { return withBlock(in, func(b *record.Block) { b.Dropped = n }) }
	sent := func(n int) []record.Sample { return repeat(n, request(5000, 100, 1000, 20)) }
	late := with(request(10_500, 100, 1000, 20), func(s *record.Sample) { s.ScheduledMS = record.Some(9000.0) })
	never := with(failure(5000, record.StatusRefused), func(s *record.Sample) { s.SentMS, s.QueueMS = record.Float{}, record.Float{} })
	retry := with(request(5000, 100, 1000, 20), func(s *record.Sample) { s.Attempt = 2 })
	warmup := with(never, func(s *record.Sample) { s.Phase = record.PhaseWarmup })
	const dropped, below = "dropped-arrivals", "load-not-reached"

	for _, c := range []struct {
		name    string
		run     record.Run
		samples []record.Sample
		block   record.Block
		want    []string
	}{
		{"all sent", openRun(), sent(40), in, nil},
		{"nothing asked", openRun(), nil, in, nil},
		{"a closed loop drops nothing", finishedRun(), sent(1), dropping(9), nil},
		{"few dropped", openRun(), sent(95), dropping(5), []string{dropped}},
		{"more dropped", openRun(), sent(94), dropping(6), []string{dropped, below}},
		{"all dropped", openRun(), nil, dropping(6), []string{dropped, below}},
		{"sent after the window", openRun(), append(sent(18), late), in, []string{below}},
		{"one of many sent after the window", openRun(), append(sent(19), late), in, nil},
		{"not connected", openRun(), append(sent(18), never), in, []string{below}},
		{"a retry asks for nothing more", openRun(), append(sent(18), append(repeat(9, retry), never)...), in, []string{below}},
		{"not connected in the warm-up", openRun(), append(sent(18), warmup), in, nil},
		{"without a window", openRun(), append(sent(1), never), record.Block{ID: "b", Engine: "vllm", Scenario: "chat", Done: true, Client: in.Client}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sumUp(c.run, c.samples, c.block)
			if diff := cmp.Diff(append([]string{}, c.want...), findingIDs(s)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpenLoadFindingsSayHowMuch(t *testing.T) {
	in := withBlock(window("b", 0, 10_000), func(b *record.Block) { b.Dropped = 26 })
	s := sumUp(openRun(), repeat(24, request(5000, 100, 1000, 20)), in)
	var got []string
	for _, f := range s.Findings {
		got = append(got, f.Subject+": "+f.Message)
	}
	want := []string{
		"vllm: in chat: 26 of 50 requests were dropped because 7 were already under way, so the percentiles are of those that were sent",
		"vllm: in chat: 2.4 requests a second were sent where the load asked for 5 (48 %)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
