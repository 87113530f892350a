package fleet

import "time"

// The bounds of how far ahead the begin of a block lies: long enough for orders to
// reach every worker, by what they took so far, and no longer than it is worth
// waiting for one that is slow.
const (
	leastLead = time.Second
	mostLead  = 6 * time.Second
	leadSlack = 300 * time.Millisecond
	// Orders are written one by one: so many at once and the others at the rate that
	// pkg/kube keeps to.
	leadEach  = 2 * time.Millisecond
	leadBurst = 200
	leadRate  = 20 * time.Millisecond
)

// openGates lets a block begin once every worker waits for it, and the one that
// waits for its end go on once every other is behind it.
func (c *conductor) openGates() {
	block, waiting := c.common()
	if waiting {
		at := c.opened(block)
		if at.IsZero() {
			at = time.Now().Add(c.lead())
		}
		for _, m := range c.crew {
			if m.live() && m.gate.State == GateWaiting && m.ordered().Open != block {
				m.order(func(o *Orders) { o.Open, o.At = block, at })
			}
		}
	}
	for _, m := range c.crew {
		if b := m.gate.Block; m.live() && m.gate.State == GateEnded && m.gate.Holds && m.ordered().Ended != b && c.othersEnded(m) {
			m.order(func(o *Orders) { o.Ended = b })
		}
	}
}

// common is the block that every live worker stands at, and whether any waits for
// its begin.
func (c *conductor) common() (block string, waiting bool) {
	for _, m := range c.crew {
		if !m.live() {
			continue
		}
		if m.gate.Block == "" || block != "" && m.gate.Block != block {
			return "", false
		}
		block = m.gate.Block
		waiting = waiting || m.gate.State == GateWaiting
	}
	return block, waiting
}

// opened is when a block was told to begin, the zero time where it was not.
func (c *conductor) opened(block string) time.Time {
	for _, m := range c.crew {
		if o := m.ordered(); o.Open == block {
			return o.At
		}
	}
	return time.Time{}
}

// lead is how far ahead a begin has to lie for orders to reach every worker.
func (c *conductor) lead() time.Duration {
	slowest := time.Duration(0)
	for _, m := range c.crew {
		slowest = max(slowest, m.clock.latency)
	}
	writing := time.Duration(len(c.crew))*leadEach + time.Duration(max(len(c.crew)-leadBurst, 0))*leadRate
	return min(max(slowest+slowest/2+leadSlack, leastLead), mostLead) + writing
}

// othersEnded says that no other worker is within the block that one has ended.
func (c *conductor) othersEnded(one *member) bool {
	for _, m := range c.crew {
		if m != one && m.live() && m.gate.Block == one.gate.Block && m.gate.State != GateEnded {
			return false
		}
	}
	return true
}
