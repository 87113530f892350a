package record

// CheckStatus is what a check of the infrastructure came to.
type CheckStatus string

// The outcomes of a check. What was not looked at is skipped, never passed.
const (
	CheckPass CheckStatus = "pass"
	CheckWarn CheckStatus = "warn"
	CheckFail CheckStatus = "fail"
	CheckSkip CheckStatus = "skip"
)

// Check is one look at the ground that the engines stand on.
type Check struct {
	ID     string      `json:"id"`
	Status CheckStatus `json:"status"`
	// Subject is what was looked at: an engine, a node, the cluster.
	Subject string `json:"subject"`
	Message string `json:"message"`
	// Remedy can be pasted where that is possible.
	Remedy string `json:"remedy,omitempty"`
}

// Validation is what validate-infra found.
type Validation struct {
	SchemaVersion string       `json:"schema_version"`
	Cluster       *Cluster     `json:"cluster,omitempty"`
	Checks        []Check      `json:"checks"`
	Summary       CheckSummary `json:"summary"`
}

// CheckSummary counts checks by their outcome.
type CheckSummary struct {
	Pass int `json:"pass"`
	Warn int `json:"warn"`
	Fail int `json:"fail"`
	Skip int `json:"skip"`
}

// NewValidation counts the checks of a validation.
func NewValidation(cluster *Cluster, checks []Check) Validation {
	v := Validation{SchemaVersion: SchemaVersion, Cluster: cluster, Checks: append([]Check{}, checks...)}
	for _, c := range checks {
		switch c.Status {
		case CheckPass:
			v.Summary.Pass++
		case CheckWarn:
			v.Summary.Warn++
		case CheckFail:
			v.Summary.Fail++
		case CheckSkip:
			v.Summary.Skip++
		}
	}
	return v
}
