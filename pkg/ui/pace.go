package ui

import (
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// paceWindow is how far back "tokens/s over the last seconds" looks, and
// paceLeast how much of it there must be.
const (
	paceWindow = 10 * time.Second
	paceLeast  = 2 * time.Second
)

// pace is the rate at which a count that only grows has grown lately.
type pace struct {
	at     []time.Time
	counts []int64
}

// note takes the count at an instant. One that has shrunk begins anew.
func (p *pace) note(now time.Time, count int64) {
	if n := len(p.counts); n > 0 && count < p.counts[n-1] {
		p.reset()
	}
	p.at, p.counts = append(p.at, now), append(p.counts, count)
	for len(p.at) > 1 && now.Sub(p.at[1]) >= paceWindow {
		p.at, p.counts = p.at[1:], p.counts[1:]
	}
}

func (p *pace) reset() { p.at, p.counts = nil, nil }

// perS is the rate per second, absent where too little was seen.
func (p *pace) perS() record.Float {
	n := len(p.at)
	if n == 0 {
		return record.Float{}
	}
	span := p.at[n-1].Sub(p.at[0])
	if span < paceLeast {
		return record.Float{}
	}
	return record.Some(float64(p.counts[n-1]-p.counts[0]) / span.Seconds())
}
