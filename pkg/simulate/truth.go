package simulate

import (
	"encoding/json"
	"io"
	"sync"
)

// truthLine is what really happened to one request, in UNIX nanoseconds of
// CLOCK_REALTIME.
type truthLine struct {
	// RequestID is the X-Request-Id header, or a name of our own.
	RequestID string `json:"request_id"`
	// ReceivedNS is the kernel's receive stamp of the request's last segment,
	// where the kernel gives one.
	ReceivedNS int64 `json:"received_ns,omitempty"`
	// ReadNS is when the whole request had been read.
	ReadNS int64 `json:"read_ns"`
	// FramesNS is the time immediately before the write(2) that completed each
	// token-bearing frame, and Tokens how many tokens each frame carried. A
	// frame bears a token when it has text, or when it raises a running count
	// that the stream itself shows.
	FramesNS     []int64 `json:"frames_ns"`
	Tokens       []int   `json:"tokens"`
	FirstTokenNS int64   `json:"first_token_ns,omitempty"`
	PromptTokens int     `json:"prompt_tokens"`
	// OutputTokens is the engine's own count, those without a frame included.
	OutputTokens int `json:"output_tokens"`
	// Outcome is complete, invalid, refused, cancelled, or the fault's kind.
	Outcome string `json:"outcome"`
}

// The outcomes that are no fault's.
const (
	outcomeComplete  = "complete"
	outcomeInvalid   = "invalid"
	outcomeRefused   = "refused"
	outcomeCancelled = "cancelled"
)

// truthLog writes a line as soon as a request has ended, so that a process
// that is killed loses only the requests it had not finished.
type truthLog struct {
	mu sync.Mutex
	w  io.Writer // nil for no log
}

func (l *truthLog) write(line truthLine) {
	if l.w == nil {
		return
	}
	if len(line.FramesNS) > 0 {
		line.FirstTokenNS = line.FramesNS[0]
	} else {
		line.FramesNS, line.Tokens = []int64{}, []int{}
	}
	data, err := json.Marshal(line)
	if err != nil {
		return // numbers and a string always encode
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.w.Write(append(data, '\n')) //nolint:errcheck // a full disk must not end the service
}
