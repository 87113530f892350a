package record

// Worker is one pod that sent a part of the load from inside the cluster.
type Worker struct {
	// Index counts workers from 0; the first also sends what goes out one at a
	// time, and reads the engines' metrics.
	Index int    `json:"index"`
	Pod   string `json:"pod,omitempty"`
	Node  string `json:"node,omitempty"`
	// OffsetMS is what the worker's clock was taken to be ahead of the caller's,
	// in milliseconds; its samples are told in the caller's time by it.
	// OffsetLowMS and OffsetHighMS are what it was shown to lie between when the
	// run began.
	OffsetMS     Float `json:"offset_ms,omitzero"`
	OffsetLowMS  Float `json:"offset_low_ms,omitzero"`
	OffsetHighMS Float `json:"offset_high_ms,omitzero"`
	// LateMS is the most by which it began a block after the instant at which all
	// were to begin, in milliseconds.
	LateMS float64 `json:"late_ms,omitempty"`
	// Samples counts the samples of its that came in. Done says that they are all
	// there are.
	Samples int64 `json:"samples"`
	Done    bool  `json:"done"`
	// MissingLines is how many lines of its log could not be read, because they
	// were rotated away or damaged.
	MissingLines int64 `json:"missing_lines,omitempty"`
	// Lost says in the cluster's own words why it ended before its work did.
	Lost string `json:"lost,omitempty"`
}
