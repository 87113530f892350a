package record

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func fullCapacityPoint() *CapacityPoint {
	return &CapacityPoint{
		OfferedPerS: 8, RequestsPerS: Some(7.5), GoodputPerS: Some(7.0), OutputTokensPerS: Some(750.0), Requests: 480, Failed: 1, Dropped: 2,
		Verdict: CapacityMisses, Reason: "ttft:p95<500ms: 620 ms (580..700)",
		Limits: []CapacityLimit{{Limit: "ttft:p95<500ms", Actual: Some(620.0), CI: &Interval{580, 700}, Verdict: CapacityMisses}},
	}
}

func fullCapacity() *CapacityResult {
	return &CapacityResult{
		Engine: "vllm", SLO: "ttft:p95<500ms", RatePerS: Some(7.8), CI: &Interval{7.8, 8}, Confidence: 0.95,
		LimitedBy: "queue", Reason: "it grew", Curve: []CapacityPoint{*fullCapacityPoint()},
	}
}

func TestCapacityBracket(t *testing.T) {
	at := func(rate float64, verdict string) CapacityPoint {
		return CapacityPoint{OfferedPerS: rate, Verdict: verdict}
	}
	for _, tt := range []struct {
		name  string
		curve []CapacityPoint
		rate  Float
		ci    *Interval
	}{
		{"nothing", nil, Float{}, nil},
		{"only misses", []CapacityPoint{at(1, CapacityMisses), at(2, CapacityMisses)}, Float{}, nil},
		{"only holds", []CapacityPoint{at(1, CapacityHolds), at(2, CapacityHolds)}, Some(2.0), nil},
		{"both, with doubt between", []CapacityPoint{at(8, CapacityMisses), at(4, CapacityHolds), at(5, CapacityCannotSay), at(6, CapacityMisses)}, Some(4.0), &Interval{4, 6}},
		{"verdicts that cross", []CapacityPoint{at(3, CapacityMisses), at(4, CapacityHolds)}, Some(4.0), nil},
	} {
		rate, ci := CapacityBracket(tt.curve)
		if diff := cmp.Diff(tt.rate, rate); diff != "" || !cmp.Equal(tt.ci, ci) {
			t.Errorf("%s: %v, %v", tt.name, rate, ci)
		}
	}
}
