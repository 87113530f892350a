package simulate

import (
	"sync"
	"sync/atomic"
	"time"
)

// pump is the engine loop: it gives the batch's steps their time. Its
// goroutine lives only while there is work, so an idle server has none.
type pump struct {
	mu    sync.Mutex
	batch *batch
	meter *meter
	busy  bool
	// nudge wakes the loop out of a step when the last sequence has gone.
	nudge chan struct{}
	loop  sync.WaitGroup
}

func newPump(p Profile, seed uint64, m *meter) *pump {
	return &pump{batch: newBatch(p, seed), meter: m, nudge: make(chan struct{}, 1)}
}

// job is one sequence's owner and mailbox: the loop counts tokens into it and
// never waits for anybody to look.
type job struct {
	seq   sequence
	ready chan struct{} // holds one note that there is news
	given atomic.Int64

	// Set by the loop, and to be read by others once given has told of a token
	// that came later.
	received, queued, admitted, first, last time.Time
	finish                                  string
}

func newJob(a ask, ans answer, received time.Time) *job {
	j := &job{ready: make(chan struct{}, 1), received: received, queued: time.Now(), finish: ans.finish()}
	j.seq = sequence{
		prompt: a.promptTokens, blocks: blockNames(a.prompt), want: ans.total, reserve: a.reserve, job: j,
	}
	return j
}

// submit queues a job. It returns false where the engine is full.
func (p *pump) submit(j *job) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.batch.submit(&j.seq) {
		return false
	}
	if !p.busy {
		p.busy = true
		p.loop.Go(p.run)
	}
	return true
}

// leave takes a job out, finished or not: its slot is free from now on.
func (p *pump) leave(j *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !j.seq.finished() {
		p.meter.abandoned()
	}
	p.batch.remove(&j.seq)
	if p.batch.empty() {
		select {
		case p.nudge <- struct{}{}:
		default:
		}
	}
}

// run works until there is nothing to do. A step begins when the one before
// was due to end, so that late timers do not add up.
func (p *pump) run() {
	due := time.Now()
	for {
		s, ok := p.begin()
		if !ok {
			return
		}
		if due = due.Add(s.took); time.Until(due) < -s.took {
			due = time.Now() // too late to make up for
		}
		p.sleep(due)
		p.end(s)
	}
}

func (p *pump) begin() (*step, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.batch.advance()
	p.busy = ok
	now := time.Now()
	for _, q := range s.admitted {
		if q.job.admitted.IsZero() {
			q.job.admitted = now
			p.meter.admitted(q)
		}
	}
	return s, ok
}

func (p *pump) sleep(due time.Time) {
	wait := time.Until(due)
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return
		case <-p.nudge:
			if p.idle() {
				return
			}
		}
	}
}

func (p *pump) idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.batch.empty()
}

func (p *pump) end(s *step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.meter.step(s)
	for _, q := range s.given {
		if q.held > 0 { // it is still there
			p.meter.token(q.job, now)
		}
	}
	p.batch.settle(s)
	for _, q := range s.given {
		q.job.given.Store(int64(q.given))
		select {
		case q.job.ready <- struct{}{}:
		default:
		}
	}
}
