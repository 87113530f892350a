package record

// Discovery is what discover-services found: the engines, and what could not
// be looked at.
type Discovery struct {
	SchemaVersion string `json:"schema_version"`
	// Cluster is left out where the API server did not say.
	Cluster *Cluster           `json:"cluster,omitempty"`
	Engines []DiscoveredEngine `json:"engines"`
	Skipped []Skipped          `json:"skipped"`
}

// DiscoveredEngine is one engine in the cluster, and the ways to it.
type DiscoveredEngine struct {
	// Engine is the name results carry: the kind, and where several of a kind
	// run the kind, a dash and a name. Kind is the protocol it answers in, or
	// the one its pods suggest where nothing answers.
	Engine string `json:"engine"`
	Kind   string `json:"kind"`
	// Name and Namespace are those of its Service, or of its pod where it has
	// no Service.
	Name      string   `json:"name"`
	Namespace string   `json:"namespace"`
	Version   string   `json:"version,omitempty"`
	Models    []string `json:"models"`
	// URL, Via and TLS are those of the chosen way; they are "" and false
	// where there is none.
	URL string `json:"url"`
	Via string `json:"via"`
	TLS bool   `json:"tls"`
	// Healthy says that the engine's own health endpoint answers well over
	// the chosen way.
	Healthy bool `json:"healthy"`
	// RTTMS is the shortest round trip to the health endpoint, in milliseconds.
	RTTMS Float `json:"rtt_ms,omitzero"`
	// Reason says why this way was chosen, or why there is none.
	Reason     string      `json:"reason"`
	Candidates []Candidate `json:"candidates"`
	// Findings are what stands between the caller and a fair measurement on
	// the chosen way.
	Findings []Finding `json:"findings,omitempty"`
	// Info is what the cluster tells of the engine.
	Info EngineInfo `json:"info"`
}

// CandidateStatus says what became of a way to an engine.
type CandidateStatus string

// The outcomes of a way.
const (
	// CandidateChosen is the way that is used.
	CandidateChosen CandidateStatus = "chosen"
	// CandidateUsable answers, but a better one was chosen.
	CandidateUsable CandidateStatus = "usable"
	// CandidateFailed was tried and does not lead to the engine.
	CandidateFailed CandidateStatus = "failed"
	// CandidateRefused cannot work, as its object itself says.
	CandidateRefused CandidateStatus = "refused"
	// CandidateUntried was not needed, or was ruled out by --via.
	CandidateUntried CandidateStatus = "untried"
)

// Candidate is one way to an engine.
type Candidate struct {
	// Via is the rung of the ladder, as in EngineInfo; Object names what it
	// comes from, as route/vllm.
	Via    string          `json:"via"`
	Object string          `json:"object,omitempty"`
	URL    string          `json:"url"`
	Status CandidateStatus `json:"status"`
	Reason string          `json:"reason,omitempty"`
	RTTMS  Float           `json:"rtt_ms,omitzero"`
}

// Skipped is something discovery could not look at: a kind of object that the
// cluster lacks or the caller may not list, or an object that is no engine.
type Skipped struct {
	Source string `json:"source"`
	Reason string `json:"reason"`
	// Forbidden says that the caller lacks a permission, which the reason names.
	Forbidden bool `json:"forbidden,omitempty"`
}
