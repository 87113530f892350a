package record

// Block is one stretch of one scenario against one engine: raw/blocks.jsonl
// holds a line each time a block's state is saved, and the last line of an ID
// counts. It carries what single samples cannot: the measured window, gap
// histograms and the client's own health.
type Block struct {
	ID       string `json:"id"`
	Engine   string `json:"engine"`
	Scenario string `json:"scenario"`
	// Worker is which of the run's workers it is of, from 0; absent where one
	// client alone measured.
	Worker Int `json:"worker,omitzero"`
	// Round counts the block's turn among the interleaved ones, from 0.
	Round int `json:"round"`
	// StartMS and EndMS bound the measured window, in ms since the run's
	// start; EndMS is what was planned until Done is true.
	StartMS float64 `json:"start_ms"`
	EndMS   float64 `json:"end_ms"`
	Done    bool    `json:"done"`
	// Interrupted says that the block ended before its plan did.
	Interrupted bool `json:"interrupted,omitempty"`
	// GapHistogram and ITLHistogram are HDR histograms of microseconds in
	// the V2 compressed base64 encoding.
	GapHistogram string `json:"gap_histogram,omitempty"`
	ITLHistogram string `json:"itl_histogram,omitempty"`
	Dropped      int64  `json:"dropped,omitempty"`
	// RatePerS is the rate of a step of a capacity search, in requests per
	// second; Capacity is how the step was judged, once it was, and
	// CapacityResult, with the last step, what the search came to, without its
	// curve: that is the steps'.
	RatePerS       float64         `json:"rate_per_s,omitempty"`
	Capacity       *CapacityPoint  `json:"capacity,omitempty"`
	CapacityResult *CapacityResult `json:"capacity_result,omitempty"`
	Client         *ClientUsage    `json:"client,omitempty"`
}

// ClientUsage is what the client spent in a block's window.
type ClientUsage struct {
	// CPUSeconds is user and system time of this process; WallSeconds the
	// window; Cores the processors it could use.
	CPUSeconds  float64 `json:"cpu_s"`
	WallSeconds float64 `json:"wall_s"`
	Cores       int     `json:"cores"`
	GCMS        float64 `json:"gc_ms"`
	// CPULimit is how many processors' time the control group may use, absent
	// where nothing limits it or nothing tells.
	CPULimit Float `json:"cpu_limit,omitzero"`
	// ThrottledPeriods is in how many of Periods, the control group's accounting
	// periods, its processes were stopped for having used their share up;
	// ThrottledMS is for how long, added up over processors.
	Periods          Int   `json:"periods,omitzero"`
	ThrottledPeriods Int   `json:"throttled_periods,omitzero"`
	ThrottledMS      Float `json:"throttled_ms,omitzero"`
	// OpenFiles is the most files and sockets this process had open when it was
	// looked at, of FileLimit that it may.
	OpenFiles Int `json:"open_files,omitzero"`
	FileLimit Int `json:"file_limit,omitzero"`
	// The rest is of all connections in this network namespace, which others may
	// share: OpenSockets is the most TCP sockets in use, Retransmits segments
	// sent again, ReceivePressure how often data that had come was squeezed or
	// thrown away for want of memory.
	OpenSockets     Int `json:"open_sockets,omitzero"`
	Retransmits     Int `json:"retransmits,omitzero"`
	ReceivePressure Int `json:"receive_pressure,omitzero"`
}
