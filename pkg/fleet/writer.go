package fleet

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

const (
	// flushEvery is how long a sample waits for others to be compressed with, and
	// batchBytes how many bytes of JSON do not wait.
	flushEvery = time.Second
	batchBytes = 64 << 10
	// blockEvery is how often the state of a block that is under way is written:
	// what a lost pod can cost of its gap histogram. Each state is some kilobytes.
	blockEvery = 10 * time.Second
)

// Writer is a bench.Sink that writes messages to a worker's log. Its methods do
// not wait for the log: a container runtime that stands still holds it up for as
// long as it does, and the requests under way must not notice.
type Writer struct {
	worker int
	out    io.Writer
	now    func() time.Time

	mu      sync.Mutex
	queue   []item
	size    int // of the queue, in bytes of JSON
	blocks  map[string]heldBlock
	samples int64
	wake    chan struct{}

	closed chan struct{}
	done   chan struct{}
	seq    int64 // of the next line
	err    error
}

// item is a record in JSON, or a whole message that has to go out at once.
type item struct {
	kind    int
	json    json.RawMessage
	message *Message
}

// The kinds of item.
const (
	itemSample = iota
	itemBlock
	itemServer
	itemEvent
	itemFinding
	itemMessage
)

// heldBlock is the last state of a block, until it is written.
type heldBlock struct {
	state   *record.Block // nil where it was written
	written time.Time
}

// NewWriter begins to write the log of a worker. Close must be called.
func NewWriter(worker int, out io.Writer) *Writer {
	w := &Writer{
		worker: worker, out: out, now: time.Now, blocks: map[string]heldBlock{},
		wake: make(chan struct{}, 1), closed: make(chan struct{}), done: make(chan struct{}),
	}
	go w.run()
	return w
}

// Sample implements bench.Sink.
func (w *Writer) Sample(s record.Sample) {
	w.add(itemSample, s)
	w.mu.Lock()
	w.samples++
	w.mu.Unlock()
}

// Server implements bench.Sink.
func (w *Writer) Server(s record.ServerSample) { w.add(itemServer, s) }

// Block implements bench.Sink. Of a block that is under way not every state is
// written.
func (w *Writer) Block(b record.Block) {
	w.mu.Lock()
	held := w.blocks[b.ID]
	held.state = &b
	w.blocks[b.ID] = held
	w.mu.Unlock()
	if b.Done {
		w.kick()
	}
}

// Event passes on something that shows progress.
func (w *Writer) Event(e Event) { w.add(itemEvent, e) }

// Finding passes on a finding.
func (w *Writer) Finding(f record.Finding) { w.add(itemFinding, f) }

// Say writes a message soon, behind all that was given before.
func (w *Writer) Say(m Message) {
	w.mu.Lock()
	w.queue = append(w.queue, item{kind: itemMessage, message: &m})
	w.mu.Unlock()
	w.kick()
}

// Close writes what is left and, as the last message, how the run ended. It
// returns the first error that the log gave.
func (w *Writer) Close(f Final) error {
	w.mu.Lock()
	f.Samples = w.samples
	w.mu.Unlock()
	close(w.closed)
	<-w.done
	w.write(&outgoing{Final: &f})
	return w.err
}

func (w *Writer) add(kind int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return // records are plain data; NaN is kept out of them by pkg/record
	}
	w.mu.Lock()
	w.queue = append(w.queue, item{kind: kind, json: data})
	w.size += len(data)
	full := w.size >= batchBytes
	w.mu.Unlock()
	if full {
		w.kick()
	}
}

func (w *Writer) kick() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *Writer) run() {
	defer close(w.done)
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-w.closed:
			w.flush(true)
			return
		case <-w.wake:
		case <-tick.C:
		}
		w.flush(false)
	}
}

// flush writes all that was given, in messages of a bounded size.
func (w *Writer) flush(last bool) {
	for _, m := range w.batches(w.takeAll(last)) {
		w.write(m)
	}
}

// takeAll empties the queue, behind the states of blocks that are due: every one
// that ended, and now and then one under way.
func (w *Writer) takeAll(last bool) []item {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	for id, held := range w.blocks {
		if held.state == nil || !held.state.Done && !last && now.Sub(held.written) < blockEvery {
			continue
		}
		if data, err := json.Marshal(held.state); err == nil {
			w.queue = append(w.queue, item{kind: itemBlock, json: data})
		}
		w.blocks[id] = heldBlock{written: now}
	}
	all := w.queue
	w.queue, w.size = nil, 0
	return all
}

// outgoing is a Message whose records are in JSON already.
type outgoing struct {
	Message

	Samples  []json.RawMessage `json:"samples,omitempty"`
	Blocks   []json.RawMessage `json:"blocks,omitempty"`
	Server   []json.RawMessage `json:"server,omitempty"`
	Events   []json.RawMessage `json:"events,omitempty"`
	Findings []json.RawMessage `json:"findings,omitempty"`
	Final    *Final            `json:"final,omitempty"`
}

// batches puts items into messages without changing their order.
func (w *Writer) batches(items []item) (all []*outgoing) {
	var m *outgoing
	size := 0
	for _, i := range items {
		if i.kind == itemMessage {
			all, m = append(all, &outgoing{Message: *i.message}), nil
			continue
		}
		if m == nil || size >= batchBytes {
			m, size = &outgoing{}, 0
			all = append(all, m)
		}
		into := []*[]json.RawMessage{&m.Samples, &m.Blocks, &m.Server, &m.Events, &m.Findings}[i.kind]
		*into = append(*into, i.json)
		size += len(i.json)
	}
	return all
}

// write writes a message. Only one goroutine does at a time.
func (w *Writer) write(m *outgoing) {
	m.Sent = w.now()
	packed, err := pack(m)
	var lines []byte
	if err == nil {
		lines, w.seq = split(w.worker, w.seq, packed)
	}
	if err == nil && w.err == nil {
		_, err = w.out.Write(lines)
	}
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("write the log of worker %d: %w", w.worker, err)
	}
}

// pack compresses a message.
func pack(m *outgoing) ([]byte, error) {
	plain, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode a message: %w", err)
	}
	var b bytes.Buffer
	f, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(plain); err != nil {
		return nil, err
	}
	err = f.Close()
	return b.Bytes(), err
}
