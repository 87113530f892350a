package fleet

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// pollEvery is how often a worker looks whether it has new orders.
const pollEvery = 50 * time.Millisecond

// mailbox reads a worker's orders and lets others wait for them.
type mailbox struct {
	read func() ([]byte, error)
	now  func() time.Time

	mu      sync.Mutex
	orders  Orders
	changed chan struct{} // closed when orders change
}

func newMailbox(read func() ([]byte, error)) *mailbox {
	return &mailbox{read: read, now: time.Now, changed: make(chan struct{})}
}

// watch looks for orders until ctx ends, and gives each ping to pong with the
// time at which it was seen.
func (b *mailbox) watch(ctx context.Context, pong func(Pong)) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	last, pinged, by := "", 0, ""
	for {
		// A file that cannot be read now, or holds half an order, is read again.
		if data, err := b.read(); err == nil && string(data) != last {
			var o Orders
			if json.Unmarshal(data, &o) == nil {
				last = string(data)
				if o.Ping > 0 && (o.Lead.By != by || o.Ping > pinged) {
					pinged, by = o.Ping, o.Lead.By
					pong(Pong{Ping: o.Ping, By: o.Lead.By, Caller: o.Caller, Seen: b.now()})
				}
				b.put(o)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (b *mailbox) put(o Orders) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.orders = o
	close(b.changed)
	b.changed = make(chan struct{})
}

// await returns the first orders for which want is true, or the error of ctx.
func (b *mailbox) await(ctx context.Context, want func(Orders) bool) (Orders, error) {
	for {
		b.mu.Lock()
		o, changed := b.orders, b.changed
		b.mu.Unlock()
		if want(o) {
			return o, nil
		}
		select {
		case <-ctx.Done():
			return o, ctx.Err()
		case <-changed:
		}
	}
}
