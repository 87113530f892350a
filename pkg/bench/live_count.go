package bench

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// liveCounter counts the tokens of the attempt that an exchange is in. It is
// written by the goroutine that reads the stream and by nobody else.
type liveCounter struct {
	row  *liveRow
	slot *liveSlot
	n    int64
}

// begin counts an attempt as under way; row may be nil.
func (c *liveCounter) begin(row *liveRow) { *c = liveCounter{row: row, slot: row.begin()} }

// frame counts a frame that carries tokens, as many as it says or one. It is one
// store to a cache line that only readers share, some 5 ns.
func (c *liveCounter) frame(tokens int) {
	if c.slot != nil {
		c.n += int64(max(tokens, 1))
		c.slot.tokens.Store(c.n)
	}
}

// end counts the attempt as ended and gives its place back.
func (c *liveCounter) end(status record.Status) { c.row.end(c.slot, status) }
