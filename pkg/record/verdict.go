package record

// Verdict is what a whole run says of its question.
type Verdict struct {
	// Winner is the engine to take, nil where the run does not show one.
	Winner *string `json:"winner" jsonschema:"nullable"`
	// Confidence is the level at which Winner was shown, 0..1; absent without one.
	Confidence Float `json:"confidence,omitzero"`
	// Summary answers in a few sentences: which engine, how sure, under what
	// conditions.
	Summary string `json:"summary"`
	// Recommendations are in the order in which to act on them.
	Recommendations []Recommendation `json:"recommendations,omitempty"`
}

// Recommendation is something to do, and why.
type Recommendation struct {
	Message string `json:"message"`
	// RestsOn is the ID of the finding or of the check it follows from, or the
	// scenario and metric that show it.
	RestsOn string `json:"rests_on"`
	// Engine is the engine it is about, "" where it is about all.
	Engine string `json:"engine,omitempty"`
}

// ScenarioVerdict is what one scenario says.
type ScenarioVerdict struct {
	Winner     *string     `json:"winner" jsonschema:"nullable"`
	Confidence Float       `json:"confidence,omitzero"`
	Dimensions []Dimension `json:"dimensions,omitempty"`
	// Reasons say in plain words why Winner won, or why none did.
	Reasons []string `json:"reasons,omitempty"`
	// Excluded holds the engines that may not win and why: client-bound, reached
	// by another way, another model.
	Excluded map[string]string `json:"excluded,omitempty"`
}

// The dimensions of a verdict.
const (
	DimensionFirstToken  = "first_token"
	DimensionSteadiness  = "steadiness"
	DimensionThroughput  = "throughput"
	DimensionReliability = "reliability"
	DimensionTail        = "tail"
)

// Dimension is one of the qualities that engines are compared by.
type Dimension struct {
	// Name is one of the Dimension constants.
	Name string `json:"name"`
	// Metric and Statistic are what was compared: ttft_ms and p50.
	Metric    string `json:"metric"`
	Statistic string `json:"statistic"`
	// Winner is the engine that was shown to be better than every other, nil
	// where none was.
	Winner *string `json:"winner" jsonschema:"nullable"`
	// Values holds each engine's number in the metric's unit, Scores its 0..100.
	Values map[string]float64 `json:"values,omitempty"`
	Scores map[string]float64 `json:"scores,omitempty"`
	// Significant says that the best differs from the second by more than
	// chance, and by more than the practical threshold.
	Significant bool `json:"significant"`
	// PValue is of the best against the second, corrected for all pairs (Holm).
	PValue Float `json:"p_value,omitzero"`
	// Effect is by how much the best leads the second.
	Effect *Effect `json:"effect,omitempty"`
	// Pairs holds every comparison of two engines.
	Pairs []Pair `json:"pairs,omitempty"`
	// FurtherSamples is how many more requests an engine would settle what is
	// not significant, absent where it is, or where more would not help.
	FurtherSamples Int `json:"further_samples,omitzero"`
}

// Effect is the size of a difference of two numbers, the second less the first.
type Effect struct {
	Difference Float `json:"difference,omitzero"`
	// CI is the confidence interval of Difference at the run's level.
	CI *Interval `json:"ci,omitempty"`
	// Ratio is the second over the first.
	Ratio Float `json:"ratio,omitzero"`
}

// Pair is two engines compared in one dimension.
type Pair struct {
	A      string `json:"a"`
	B      string `json:"b"`
	Effect Effect `json:"effect"`
	// PValue is corrected for all pairs (Holm).
	PValue      Float `json:"p_value,omitzero"`
	Significant bool  `json:"significant"`
}

// FairnessCheck is one question of whether the engines stood on even ground.
type FairnessCheck struct {
	// Check is the question's ID: same-model, same-gpu.
	Check string `json:"check"`
	// Status is pass, warn, fail or skip, as in Validation.
	Status string `json:"status"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitempty"`
}
