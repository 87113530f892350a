package record

// CapacityResult is the most load that one engine carries within an SLO.
type CapacityResult struct {
	Engine string `json:"engine"`
	// SLO is what had to hold, as --slo writes it.
	SLO string `json:"slo"`
	// RatePerS is the highest rate, in requests per second, at which the SLO was
	// shown to hold. It is absent where it held at none.
	RatePerS Float `json:"rate_per_s,omitzero"`
	// CI bounds the true capacity: the SLO was shown to hold at the low rate and
	// to be missed at the high one. High is +Inf's stand-in, absent CI, where no
	// rate was shown to miss it.
	CI *Interval `json:"ci,omitempty"`
	// Confidence is the level at which each step was judged, all its looks and
	// limits together.
	Confidence float64 `json:"confidence"`
	// LimitedBy is what gave way first: queue, kv-cache, compute, errors, client,
	// search-limit or unknown; Reason says it in a sentence.
	LimitedBy string `json:"limited_by"`
	Reason    string `json:"reason"`
	// Curve holds every step in the order of its rate.
	Curve []CapacityPoint `json:"curve"`
}

// CapacityPoint is one step of a capacity search.
type CapacityPoint struct {
	// OfferedPerS is the rate that was asked for, RequestsPerS what succeeded and
	// GoodputPerS what met the SLO of single requests.
	OfferedPerS  float64 `json:"offered_per_s"`
	RequestsPerS Float   `json:"requests_per_s,omitzero"`
	GoodputPerS  Float   `json:"goodput_per_s,omitzero"`
	// OutputTokensPerS is what was generated.
	OutputTokensPerS Float `json:"output_tokens_per_s,omitzero"`
	Requests         int64 `json:"requests"`
	Failed           int64 `json:"failed"`
	Dropped          int64 `json:"dropped"`
	// Verdict is holds, misses or cannot-say.
	Verdict string `json:"verdict"`
	// Reason says which limit decided.
	Reason string `json:"reason"`
	// Limits holds each limit of the SLO as it came out. Latencies count from
	// when the load wanted a request to go out, and a failed request's is
	// infinite: an actual value or an interval that would be is absent. Intervals
	// are wider than those of independent requests.
	Limits []CapacityLimit `json:"limits,omitempty"`
}

// CapacityLimit is one limit of an SLO at one step.
type CapacityLimit struct {
	// Limit is as --slo writes it: ttft:p95<500ms.
	Limit  string    `json:"limit"`
	Actual Float     `json:"actual,omitzero"`
	CI     *Interval `json:"ci,omitempty"`
	// Verdict is holds, misses or cannot-say.
	Verdict string `json:"verdict"`
}

// The verdicts of a capacity search's steps and limits.
const (
	CapacityHolds     = "holds"
	CapacityMisses    = "misses"
	CapacityCannotSay = "cannot-say"
)

// CapacityBracket is the highest rate of a curve at which the SLO was shown to
// hold, and the interval from there to the lowest at which it was shown to be
// missed. Either is absent where there is no such rate.
func CapacityBracket(curve []CapacityPoint) (rate Float, ci *Interval) {
	holds, misses := 0.0, 0.0
	for _, p := range curve {
		switch {
		case p.Verdict == CapacityHolds:
			holds = max(holds, p.OfferedPerS)
		case p.Verdict == CapacityMisses && (misses == 0 || p.OfferedPerS < misses):
			misses = p.OfferedPerS
		}
	}
	if holds == 0 {
		return Float{}, nil
	}
	if misses > holds {
		ci = &Interval{holds, misses}
	}
	return Some(holds), ci
}
