package bench

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// Sink keeps what a run measures. Its methods are called from many
// goroutines and must not block on a slow disk for long: a caller has just
// finished one request and is about to send the next.
type Sink interface {
	Sample(record.Sample)
	Block(record.Block)
	// Server keeps one reading of an engine's metrics.
	Server(record.ServerSample)
}

// Event tells whoever shows progress that something happened.
type Event struct {
	// Kind says which of the other fields hold something.
	Kind     EventKind
	Scenario string
	Engine   string
	// Done counts towards Total, in requests (EventRequest) or in
	// milliseconds of a scenario's time (EventTime).
	Done, Total int64
	Sample      *record.Sample
	Finding     *record.Finding
	// Step is a judged step of a capacity search (EventStep).
	Step *record.CapacityPoint
}

// EventKind names what happened.
type EventKind int

// The kinds of event.
const (
	EventPreflight EventKind = iota // an engine passed, or Finding says why not
	EventScenario                   // a scenario begins
	EventBlock                      // an engine's turn in a scenario begins
	EventRequest                    // a request ended
	EventDropped                    // a request was due, but too many were under way
	EventFinding                    // something the reader should know
	EventStep                       // a step of a capacity search was judged
)

// Notify receives events; it is called from many goroutines.
type Notify func(Event)
