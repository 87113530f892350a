package kube

import (
	"context"
	"net"
)

// slot is the place of one shard.
type slot struct {
	pod     string // whose connection it has or opens
	link    *link
	opening *opening
	streams int  // promised or open
	had     bool // a connection before
}

// opening is a connection under way, which all that want it wait for.
type opening struct {
	done chan struct{}
	link *link
	err  error
}

// reserve promises a stream to the slot that has the fewest; of several, to
// one whose connection is open.
func (t *Tunnel) reserve() *slot {
	t.mu.Lock()
	defer t.mu.Unlock()
	best := t.slots[0]
	for _, s := range t.slots[1:] {
		if s.streams < best.streams || s.streams == best.streams && s.link != nil && best.link == nil {
			best = s
		}
	}
	best.streams++
	return best
}

// vacate takes back the promise of a stream.
func (t *Tunnel) vacate(s *slot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s.streams--
}

// release takes a stream off a connection, and closes one that was given up
// once its last is gone.
func (t *Tunnel) release(l *link) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l.streams--; l.streams == 0 && l.retired {
		t.tasks.start(l.close)
	}
}

// linkOf returns the open connection of a slot for one more stream, and opens
// one where there is none. That goes on when ctx ends: others may wait for it.
func (t *Tunnel) linkOf(ctx context.Context, s *slot) (*link, error) {
	t.mu.Lock()
	if t.live.Err() != nil {
		t.mu.Unlock()
		return nil, net.ErrClosed
	}
	if l := s.link; l != nil && !l.lost() {
		l.streams++
		t.mu.Unlock()
		return l, nil
	}
	o := s.opening
	if o == nil {
		o = &opening{done: make(chan struct{})}
		s.link, s.opening = nil, o
		t.tasks.start(func() { t.fill(s, o) })
	}
	t.mu.Unlock()
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-o.done:
	}
	if o.err != nil {
		return nil, o.err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	o.link.streams++
	return o.link, nil
}

// fill opens the connection of a slot.
func (t *Tunnel) fill(s *slot, o *opening) {
	ctx, cancel := context.WithTimeout(t.live, upgradeTimeout)
	defer cancel()
	l, err := t.connect(ctx, s)
	t.mu.Lock()
	defer t.mu.Unlock()
	defer close(o.done)
	s.opening = nil
	if t.live.Err() != nil {
		if err == nil {
			t.tasks.start(l.close)
		}
		err = net.ErrClosed
	}
	if o.link, o.err = l, err; err != nil {
		return
	}
	t.stats.Upgrades++
	if s.had {
		t.stats.Reconnects++
	}
	s.link, s.had = l, true
	t.stats.Protocol = l.protocol
	t.links[l] = struct{}{}
	t.tasks.start(func() { t.watch(l) })
}

// watch waits for the end of a connection and lets go of it.
func (t *Tunnel) watch(l *link) {
	<-l.conn.CloseChan()
	l.close()
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.links, l)
	t.stale = true
	for _, s := range t.slots {
		if s.link == l {
			s.link = nil
		}
	}
}

// retire gives no more streams to a connection. Those it has go on.
func (t *Tunnel) retire(l *link) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l.retired, t.stale = true, true
	for _, s := range t.slots {
		if s.link == l {
			s.link = nil
		}
	}
	if l.streams == 0 {
		t.tasks.start(l.close)
	}
}
