package kube

import "sync"

// group counts goroutines. Unlike a sync.WaitGroup it may be waited for while
// the first of them starts.
type group struct {
	mu      sync.Mutex
	running int
	idle    chan struct{} // closed when none runs; nil while nobody waits
}

func (g *group) start(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running++
	go func() {
		defer g.done()
		f()
	}()
}

func (g *group) done() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running--; g.running == 0 && g.idle != nil {
		close(g.idle)
		g.idle = nil
	}
}

// ended returns a channel that is closed once no goroutine runs.
func (g *group) ended() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.idle == nil {
		idle := make(chan struct{})
		if g.running == 0 {
			close(idle)
			return idle
		}
		g.idle = idle
	}
	return g.idle
}
