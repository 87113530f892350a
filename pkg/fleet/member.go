package fleet

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// member is one worker as the caller sees it.
type member struct {
	index int
	pod   Pod
	clock clock

	hello   *Hello
	ready   *Ready
	started *Start
	gate    Gate
	final   *Final
	// over says that no more of its log will come; missing and other are then
	// what its Reader had to say.
	over    bool
	missing int64
	other   []string
	lost    string
	// overAt is when the log of a worker that was lost was over.
	overAt time.Time

	samples  int64
	lateMS   float64
	lastPing int
	endedAt  time.Time // when its pod was first seen to have ended

	// ended is pod.Ended, for the goroutine that follows the log; unfollow ends it.
	ended    atomic.Bool
	unfollow context.CancelFunc

	now func() time.Time // the caller's clock

	mu     sync.Mutex
	orders Orders
	wake   chan struct{}
}

// ahead is by how much its clock is ahead of this caller's, as far as is known.
func (m *member) ahead() time.Duration {
	if m.clock.pongs == 0 && m.started != nil {
		return m.started.offset() // of the caller before, whose clock may be like this one's
	}
	return m.clock.offset()
}

// live says that the worker takes part in what comes.
func (m *member) live() bool { return m.final == nil && !m.over }

// past says that the worker was let begin, by this caller or by another one, even
// where the log that tells it is gone.
func (m *member) past() bool { return m.started != nil || m.gate.Block != "" || m.final != nil }

// order changes what is in force for the worker; post writes it.
func (m *member) order(change func(*Orders)) {
	m.mu.Lock()
	change(&m.orders)
	m.mu.Unlock()
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// ordered is what is in force.
func (m *member) ordered() Orders {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.orders
}

// retryOrder is how long it waits before it tries again to write orders.
const retryOrder = 500 * time.Millisecond

// post writes the worker's orders whenever they change, until ctx ends.
func (m *member) post(ctx context.Context, pods Pods, pod string) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.wake:
		}
		for {
			o := m.ordered()
			o.Caller = m.now()
			data, err := json.Marshal(o)
			if err == nil {
				err = pods.Order(ctx, pod, data)
			}
			if err == nil || m.ended.Load() || !sleep(ctx, retryOrder) {
				break
			}
		}
	}
}

// heard is what came of a worker's log: a message, or that it is over.
type heard struct {
	m    *member
	msg  *Message
	at   time.Time
	over bool

	missing int64
	other   []string
}

// reopenAfter is how long it waits before a log that broke off is opened again.
const reopenAfter = 300 * time.Millisecond

// follow reads a worker's log to its end, again from its begin where it broke off
// or lines were missing, and hands over what it says.
func (m *member) follow(ctx context.Context, pods Pods, pod string, in chan<- heard) {
	r := NewReader(m.index)
	for refused := 0; ctx.Err() == nil; {
		ended := m.ended.Load()
		final, err := m.readLog(ctx, func() (io.ReadCloser, error) { return pods.Log(ctx, pod) }, r, in)
		if final || ended && err == nil {
			break
		}
		if ended && err != nil && !errors.Is(err, ErrGap) {
			if refused++; refused > 3 {
				break
			}
		}
		sleep(ctx, reopenAfter)
	}
	in <- heard{m: m, over: true, missing: r.Missing, other: r.Other()}
}

// longestLine bounds a line that is no worker's, in bytes.
const longestLine = 1 << 20

// readLog reads a log once. final says that the worker has said its last.
func (m *member) readLog(ctx context.Context, open func() (io.ReadCloser, error), r *Reader, in chan<- heard) (final bool, err error) {
	log, err := open()
	if err != nil {
		return false, err
	}
	stop := context.AfterFunc(ctx, func() { _ = log.Close() })
	defer stop()
	defer log.Close() //nolint:errcheck // it was read
	lines := bufio.NewScanner(log)
	lines.Buffer(make([]byte, 0, 32<<10), longestLine)
	lines.Split(wholeLines)
	for lines.Scan() {
		msg, err := r.Line(lines.Bytes())
		if err != nil {
			return false, err
		}
		if msg != nil {
			in <- heard{m: m, msg: msg, at: m.now()}
			if msg.Final != nil {
				return true, nil
			}
		}
	}
	return false, lines.Err()
}

// wholeLines is bufio.ScanLines without what is left behind the last end of a
// line, which a log that broke off ends in.
func wholeLines(data []byte, _ bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, bytes.TrimSuffix(data[:i], []byte("\r")), nil
	}
	return 0, nil, nil
}

// record is how the worker did.
func (m *member) record() record.Worker {
	w := record.Worker{
		Index: m.index, Pod: m.pod.Name, Node: m.pod.Node, LateMS: m.lateMS, Samples: m.samples,
		Done: m.final != nil && m.missing == 0 && m.final.Samples == m.samples && m.lost == "", MissingLines: m.missing, Lost: m.lost,
	}
	if s := m.started; s != nil {
		w.OffsetMS = record.Some(millis(s.offset()))
		if b := s.Bounds; b != nil {
			w.OffsetLowMS, w.OffsetHighMS = record.Some(millis(time.Duration(b.LowNS))), record.Some(millis(time.Duration(b.HighNS)))
		}
	}
	return w
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// name names the worker in a sentence.
func (m *member) name() string {
	name := fmt.Sprintf("worker %d", m.index)
	if m.pod.Name != "" {
		name += " (pod " + m.pod.Name + ")"
	}
	return name
}

// sleep waits, and reports whether it was let.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
