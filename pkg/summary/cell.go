package summary

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// cell holds what one engine did in one scenario. Its counts are of measured
// samples only.
type cell struct {
	rows     rows
	blocks   []record.Block
	blockAt  map[string]int // by ID, into blocks
	endpoint string

	requests, succeeded, cancelled int64
	errors                         map[record.Status]int64
	sources                        map[record.TokenSource]int64
	clocks                         map[record.Clock]int64
	frames, coalesced              int64
	// streams counts the successful answers that could show a buffered
	// stream, bursts those that do.
	streams, bursts int64
	// between is how many pairs of frames those streams are, together how many of
	// the pairs share an arrival.
	between, together int64
	// server holds the readings of the engine's metrics, timings what it said of
	// itself in successful answers, by its own names.
	server  []record.ServerSample
	timings map[string]spent
	// open says that the cell is of an open loop, whose SLO counts from schedule.
	open bool
}

func newCell() *cell {
	return &cell{
		blockAt: map[string]int{},
		errors:  map[record.Status]int64{}, sources: map[record.TokenSource]int64{}, clocks: map[record.Clock]int64{},
	}
}

func (c *cell) add(s record.Sample) {
	c.rows.add(newRow(s))
	c.endpoint = s.Endpoint
	if s.Phase != record.PhaseMeasure {
		return
	}
	c.requests++
	c.frames += s.Frames
	c.coalesced += s.Coalesced
	if s.Clock != "" {
		c.clocks[s.Clock]++
	}
	switch s.Status {
	case record.StatusOK:
		c.success(s)
		return
	case record.StatusCancelled:
		c.cancelled++
	}
	c.errors[s.Status]++
}

func (c *cell) success(s record.Sample) {
	c.succeeded++
	c.keepTimings(s)
	if s.TokenSource != "" {
		c.sources[s.TokenSource]++
	}
	if shows, burst := inOneBurst(s); shows {
		c.streams++
		c.between += s.Frames - 1
		c.together += s.Coalesced
		if burst {
			c.bursts++
		}
	}
}

// addBlock keeps a block's latest state.
func (c *cell) addBlock(b record.Block) {
	at, known := c.blockAt[b.ID]
	if !known {
		c.blockAt[b.ID] = len(c.blocks)
		c.blocks = append(c.blocks, b)
		return
	}
	c.blocks[at] = b
}

// values collects one number of every measured, successful request, sorted.
func (c *cell) values(pick func(*row) float64) stats.Sorted {
	return c.valuesOf(func(r *row) float64 {
		if r.outcome != succeeded {
			return math.NaN()
		}
		return pick(r)
	})
}

// valuesOf collects one number of every measured request for which there is one.
func (c *cell) valuesOf(pick func(*row) float64) stats.Sorted {
	var values stats.Sorted
	for r := range c.rows.all {
		if v := pick(r); r.measured && !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return values
}

// gaps merges the histograms that pick finds in the blocks.
func (c *cell) gaps(pick func(record.Block) string) (*Gaps, error) {
	all := NewGaps()
	for _, b := range c.blocks {
		if err := all.Merge(pick(b)); err != nil {
			return nil, fmt.Errorf("block %q: %w", b.ID, err)
		}
	}
	return all, nil
}

func (c *cell) latencies(e *record.EngineResult, level float64) {
	of := func(metric string) *record.Distribution { return describeValues(c.values(picks[metric]), level) }
	e.TTFT, e.TTFTFromSchedule, e.TTFA = of("ttft_ms"), of("ttft_from_schedule_ms"), of("ttfa_ms")
	e.TPOT, e.E2E, e.Queue = of("tpot_ms"), of("e2e_ms"), of("queue_ms")
	e.E2EFromSchedule = of("e2e_from_schedule_ms")
}

// gapDistributions fills in gaps and, where every frame told its tokens, ITL.
// A frame that told them makes one gap and at least as many token gaps, so
// fewer token gaps than gaps mean that some frames did not tell.
func (c *cell) gapDistributions(e *record.EngineResult, level float64) (overTop int64, err error) {
	gaps, err := c.gaps(func(b record.Block) string { return b.GapHistogram })
	if err != nil {
		return 0, err
	}
	itl, err := c.gaps(func(b record.Block) string { return b.ITLHistogram })
	if err != nil {
		return 0, err
	}
	e.Gap = describeGaps(gaps, level)
	if itl.N() >= gaps.N() {
		e.ITL = describeGaps(itl, level)
	}
	return gaps.OverTop(), nil
}

func (c *cell) dropped() int64 {
	n := int64(0)
	for _, b := range c.blocks {
		n += b.Dropped
	}
	return n
}

// copyCounts leaves out a map that counts nothing.
func copyCounts[K comparable](counts map[K]int64) map[K]int64 {
	if len(counts) == 0 {
		return nil
	}
	return maps.Clone(counts)
}
