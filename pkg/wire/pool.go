package wire

import (
	"sync"
	"time"
)

// idleTimeout is how long a connection waits to be used again. vLLM and
// llama.cpp close theirs after 5 s, and the client must be first.
const idleTimeout = 4 * time.Second

// pool keeps idle connections of one endpoint, the last used on top.
type pool struct {
	mu     sync.Mutex
	idle   []*exchanger
	closed bool
}

// take returns an idle connection that its peer still holds open, or nil.
func (p *pool) take() *exchanger {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		x := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if time.Since(x.idleSince) < idleTimeout && x.conn.receiver.quiet() {
			return x
		}
		x.close()
	}
	return nil
}

// give takes back a connection whose answer was read to its end, and lets go
// of those that have waited too long.
func (p *pool) give(x *exchanger) {
	x.idleSince = time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		x.close()
		return
	}
	old := 0
	for old < len(p.idle) && time.Since(p.idle[old].idleSince) >= idleTimeout {
		p.idle[old].close()
		old++
	}
	if old > 0 {
		p.idle = append(p.idle[:0], p.idle[old:]...)
	}
	p.idle = append(p.idle, x)
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, x := range p.idle {
		x.close()
	}
	p.idle = nil
}
