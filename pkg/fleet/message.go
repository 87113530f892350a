package fleet

import (
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Message is what a worker has to say, in one go. Only what it is about is set.
type Message struct {
	// Sent is when it was written, by the worker's clock.
	Sent time.Time `json:"sent"`

	// Hello is the first message of every worker.
	Hello *Hello `json:"hello,omitempty"`
	// Pong answers a ping.
	Pong *Pong `json:"pong,omitempty"`
	// Ready says that preflight is over, and what it showed.
	Ready *Ready `json:"ready,omitempty"`
	// Started says that the worker goes by a start order.
	Started *Start `json:"started,omitempty"`
	// Step says which step of a search for the capacity the worker takes.
	Step *bench.Step `json:"step,omitempty"`
	// Gate says where a worker stands before, in or behind a block.
	Gate *Gate `json:"gate,omitempty"`

	Samples []record.Sample       `json:"samples,omitempty"`
	Blocks  []record.Block        `json:"blocks,omitempty"`
	Server  []record.ServerSample `json:"server,omitempty"`
	// Events and Findings are those of bench.Notify that others should see.
	Events   []Event          `json:"events,omitempty"`
	Findings []record.Finding `json:"findings,omitempty"`

	// Final is the last message of a worker that came to its end.
	Final *Final `json:"final,omitempty"`
}

// Hello says who a worker is.
type Hello struct {
	Worker  int    `json:"worker"`
	RunID   string `json:"run_id"`
	Version string `json:"version"`
}

// Pong says when a worker saw a ping. By is who wrote it, Caller the ping's own
// time, by that caller's clock, Seen by the worker's; the message's Sent is when it
// answered.
type Pong struct {
	Ping   int       `json:"ping"`
	By     string    `json:"by,omitempty"`
	Caller time.Time `json:"caller"`
	Seen   time.Time `json:"seen"`
}

// Ready is what a worker's preflight showed: the engines that passed, as they
// describe themselves, and the findings.
type Ready struct {
	Engines  []record.EngineInfo `json:"engines"`
	Findings []record.Finding    `json:"findings,omitempty"`
}

// Gate is where a worker stands with a block.
type Gate struct {
	Block string `json:"block"`
	// State is one of GateWaiting, GateBegun and GateEnded.
	State string `json:"state"`
	// Holds says of GateEnded that the worker waits until all have ended.
	Holds bool `json:"holds,omitempty"`
	// LateMS is by how much it began after the instant it was told.
	LateMS float64 `json:"late_ms,omitempty"`
}

// The states of a Gate.
const (
	GateWaiting = "waiting"
	GateBegun   = "begun"
	GateEnded   = "ended"
)

// Event is a bench.Event that shows progress.
type Event struct {
	Kind     bench.EventKind `json:"kind"`
	Scenario string          `json:"scenario,omitempty"`
	Engine   string          `json:"engine,omitempty"`
	Total    int64           `json:"total,omitempty"`
}

// Final says how a worker's run ended, and what it sent in all.
type Final struct {
	Samples     int64  `json:"samples"`
	Interrupted bool   `json:"interrupted,omitempty"`
	Error       string `json:"error,omitempty"`
}

// Orders are what the caller wants of a worker: the value of its pod's
// annotation. Each value holds all that is in force, so that one which was never
// seen is not missed.
type Orders struct {
	Lead Lead `json:"lead,omitzero"`
	// Ping asks for a Pong where it is new; Caller is when it was written.
	Ping   int       `json:"ping,omitempty"`
	Caller time.Time `json:"caller,omitzero"`
	Start  *Start    `json:"start,omitempty"`
	// Open names the block that begins at At, by the worker's own clock.
	Open string    `json:"open,omitempty"`
	At   time.Time `json:"at,omitzero"`
	// Ended names the last block that every worker has ended.
	Ended string `json:"ended,omitempty"`
	// Step is the one to take in a search for the capacity.
	Step StepOrder `json:"step,omitzero"`
}

// StepOrder is a step to take, or says that there is none any more.
type StepOrder struct {
	bench.Step

	// Over says that the searches on all engines are over.
	Over bool `json:"over,omitempty"`
	// Cut says that what is under way of the step is to be cancelled.
	Cut bool `json:"cut,omitempty"`
}

// Start lets a worker begin.
type Start struct {
	// Engines are those that every worker reaches.
	Engines []string `json:"engines"`
	// OffsetNS is what the worker's clock is taken to be ahead of that of the
	// caller who wrote it, in nanoseconds.
	OffsetNS int64 `json:"offset_ns"`
	// Bounds hold the truth; nil where no ping was answered.
	Bounds *Bounds `json:"bounds,omitempty"`
}

// Bounds are a least and a most, in nanoseconds.
type Bounds struct {
	LowNS  int64 `json:"low_ns"`
	HighNS int64 `json:"high_ns"`
}

// offset is OffsetNS as a duration.
func (s Start) offset() time.Duration { return time.Duration(s.OffsetNS) }
