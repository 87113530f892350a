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
		if c.block != block {
			c.block, c.openAt = block, c.Now().Add(c.lead())
		}
		for _, m := range c.crew {
			if m.live() && m.gate.State == GateWaiting && m.ordered().Open != block {
				at := c.openAt.Add(m.ahead())
				c.order(m, func(o *Orders) { o.Open, o.At = block, at })
			}
		}
	}
	for _, m := range c.crew {
		if b := m.gate.Block; m.live() && m.gate.State == GateEnded && m.gate.Holds && m.ordered().Ended != b && c.othersEnded(m) {
			c.order(m, func(o *Orders) { o.Ended = b })
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

// lead is how far ahead a begin has to lie for orders to reach every worker.
func (c *conductor) lead() time.Duration {
	slowest := time.Duration(0)
	for _, m := range c.crew {
		slowest = max(slowest, m.clock.latency)
	}
	return min(max(slowest+slowest/2+leadSlack, leastLead), mostLead) + writing(len(c.crew))
}

// writing is how long it takes to write orders for some workers.
func writing(workers int) time.Duration {
	return time.Duration(workers)*leadEach + time.Duration(max(workers-leadBurst, 0))*leadRate
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
