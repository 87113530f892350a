package summary

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestTimeline(t *testing.T) {
	samples := []record.Sample{
		// First token at 2000, last at 4000: a third of it in the first slice.
		request(1000, 1000, 3000, 30),
		failure(2500, record.StatusReset), failure(100, record.StatusReset), failure(2600, record.StatusCancelled),
		with(request(900, 700, 1200, 10), func(s *record.Sample) { s.Phase = record.PhaseWarmup }),
	}
	for i := range 80 {
		samples = append(samples, request(3000+float64(i), float64(i), float64(i), 0))
	}
	s := sumUp(finishedRun(), samples, window("a", 1000, 4000))
	got := s.Scenarios[1].Timeline
	want := []record.TimelinePoint{
		// In the middle, at 1500, the first and the warm-up request are under way.
		{TS: 1, Engine: "vllm", RequestsPerS: 1.0/3 + 1000.0/1200, OutputTokensPerS: 8, InFlight: 2},
		{TS: 2, Engine: "vllm", RequestsPerS: 1.0/3 + 100.0/1200, OutputTokensPerS: 15 + 2, InFlight: 1, Errors: 1},
		{TS: 3, Engine: "vllm", RequestsPerS: 1.0/3 + 80, OutputTokensPerS: 15, TTFTP95MS: record.Some(75.0), InFlight: 1},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
}

func TestSlices(t *testing.T) {
	for _, c := range []struct {
		name    string
		windows spans
		count   int
		first   span
	}{
		{"a second each", spans{{0, 60_000}}, 60, span{0, 1000}},
		{"whole slices", spans{{500, 2900}}, 2, span{500, 1700}},
		{"shorter than a second", spans{{0, 300}}, 1, span{0, 300}},
		{"an hour", spans{{0, 3600_000}}, 600, span{0, 6000}},
		{"two rounds", spans{{0, 10_000}, {50_000, 60_000}}, 20, span{0, 1000}},
		{"none", nil, 0, span{}},
	} {
		got := c.windows.slices()
		if len(got) != c.count || (c.count > 0 && got[0] != c.first) {
			t.Errorf("%s: %d slices, the first %v; want %d and %v", c.name, len(got), append(got, span{})[0], c.count, c.first)
		}
		for i := 1; i < len(got); i++ {
			if got[i].from < got[i-1].to {
				t.Errorf("%s: slice %v begins before %v ends", c.name, got[i], got[i-1])
			}
		}
	}
}
