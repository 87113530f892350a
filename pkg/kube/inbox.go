package kube

import "sync"

// inboxSize bounds what waits to be read of one stream, in bytes. A stream
// that is full holds up others of its connection, for SPDY as Kubernetes speaks
// it has no flow control of its own.
const inboxSize = 4 << 20

// inbox holds what came on a stream until it is read.
type inbox struct {
	mu   sync.Mutex
	buf  []byte
	err  error         // how the stream ended, once it did
	come chan struct{} // something came, or the end
	room chan struct{} // something was taken
}

func newInbox() *inbox {
	return &inbox{come: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// put adds what came, and waits for room; it gives up when done is closed.
func (b *inbox) put(p []byte, done <-chan struct{}) {
	for {
		b.mu.Lock()
		fits := len(b.buf) == 0 || len(b.buf)+len(p) <= inboxSize
		if fits {
			b.buf = append(b.buf, p...)
			nudge(b.come)
		}
		b.mu.Unlock()
		if fits {
			return
		}
		select {
		case <-b.room:
		case <-done:
			return
		}
	}
}

// finish says how the stream ended; the first word counts.
func (b *inbox) finish(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
	}
	nudge(b.come)
}

// take returns what came, then how the stream ended, then 0 and nil.
func (b *inbox) take(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := copy(p, b.buf)
	if b.buf = b.buf[n:]; len(b.buf) == 0 {
		b.buf = nil
	}
	if n == 0 {
		return 0, b.err
	}
	if len(b.buf) > 0 || b.err != nil {
		nudge(b.come) // another reader may wait
	}
	nudge(b.room)
	return n, nil
}

// ended returns how the stream ended, nil where it has not.
func (b *inbox) ended() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
