package summary

import (
	"fmt"
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// The limits past which the client, not the engine, may have set the numbers.
const (
	// maxCPUShare of all processors leaves too little to answer at once.
	maxCPUShare = 0.8
	// maxSlipMS is how late the client may send; where TTFT itself is long,
	// maxSlipOfTTFT of its median.
	maxSlipMS     = 5.0
	maxSlipOfTTFT = 0.1
	// maxGCShare of the wall time may pass in pauses of the garbage collector.
	maxGCShare = 0.05
	// maxCoalescedShare of frames may share a read with the frame before. An
	// engine or a proxy that writes several frames at once does that too, so it
	// speaks against the client only where the stream is not buffered and the
	// client was busy, from busyCPUShare on, or nobody knows whether it was.
	maxCoalescedShare = 0.2
	busyCPUShare      = 0.4
)

// health judges the client in a cell; nil where nothing was measured.
func (c *cell) health(level float64, ttft *record.Distribution) *record.ClientHealth {
	if c.requests == 0 && len(c.blocks) == 0 {
		return nil
	}
	h := &record.ClientHealth{Verdict: record.ClientOK}
	gcShare := c.usage(h)
	host := c.hostUsage(h)
	slips := c.slips()
	h.SlipMS.P50, _ = percentile(slips, 0.5, level)
	h.SlipMS.P99, _ = percentile(slips, 0.99, level)
	if c.frames > 0 {
		h.CoalescedShare = record.Some(float64(c.coalesced) / float64(c.frames))
	}
	h.Reasons = append(c.reasons(h, gcShare, ttft), host.reasons(h)...)
	if len(h.Reasons) > 0 {
		h.Verdict = record.ClientBound
	}
	return h
}

// usage adds up what the client spent in the cell's blocks; where several shared
// the load, the shares are those of the busiest, for one that is late spoils what
// it measured however idle the others were. It returns the share of the time that
// passed in pauses of the garbage collector.
func (c *cell) usage(h *record.ClientHealth) (gcShare float64) {
	byClient := map[int64]*spending{}
	gc := 0.0
	for _, b := range c.blocks {
		if u := b.Client; u != nil && u.WallSeconds > 0 && u.Cores > 0 {
			one := byClient[b.Worker.Or(0)]
			if one == nil {
				one = &spending{}
				byClient[b.Worker.Or(0)] = one
			}
			one.add(u)
			gc += u.GCMS
		}
	}
	if len(byClient) == 0 {
		return 0
	}
	busiest := 0.0
	for _, one := range byClient {
		busiest, gcShare = max(busiest, one.cpu/one.capacity), max(gcShare, one.gc/1000/one.wall)
	}
	h.CPUShare, h.GCMS = record.Some(busiest), record.Some(gc)
	return gcShare
}

// spending is what one client spent in the blocks of a cell, in seconds but for
// gc, which is in milliseconds.
type spending struct{ cpu, gc, wall, capacity float64 }

func (s *spending) add(u *record.ClientUsage) {
	s.cpu += u.CPUSeconds
	s.gc += u.GCMS
	s.wall += u.WallSeconds
	s.capacity += u.WallSeconds * processors(u)
}

// slips is how late first attempts were sent. The time a new connection took
// is the network's and the engine's, and a retry waits on purpose.
func (c *cell) slips() stats.Sorted {
	return c.valuesOf(func(r *row) float64 {
		if r.retried {
			return math.NaN()
		}
		if math.IsNaN(r.connect) {
			return r.queue
		}
		return max(r.queue-r.connect, 0)
	})
}

func (c *cell) reasons(h *record.ClientHealth, gcShare float64, ttft *record.Distribution) (why []string) {
	cpu, cpuKnown := h.CPUShare.Get()
	if cpu > maxCPUShare {
		why = append(why, fmt.Sprintf("the client used %.0f %% of its processors (limit %.0f %%)", cpu*100, maxCPUShare*100))
	}
	name, slip := "p99", h.SlipMS.P99
	if !slip.Known() {
		name, slip = "p50", h.SlipMS.P50
	}
	limit := max(maxSlipMS, maxSlipOfTTFT*ttft.Statistic("p50").Or(0))
	if late := slip.Or(0); late > limit {
		why = append(why, fmt.Sprintf("requests went out late: %s %.1f ms (limit %.1f ms)", name, late, limit))
	}
	if gcShare > maxGCShare {
		why = append(why, fmt.Sprintf("garbage collection paused the client for %.1f %% of the time (limit %.0f %%)", gcShare*100, maxGCShare*100))
	}
	busy := !c.buffered() && (!cpuKnown || cpu > busyCPUShare)
	if shared := h.CoalescedShare.Or(0); busy && shared > maxCoalescedShare {
		why = append(why, fmt.Sprintf("%.0f %% of frames were read together with the frame before (limit %.0f %%)", shared*100, maxCoalescedShare*100))
	}
	return why
}
