package summary

import (
	"fmt"
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// minReached is the share of the asked rate that must be sent for a load to
// count as reached.
const minReached = 0.95

// openLoad is what an open loop asked for in its measured windows and what of
// that was sent in them.
type openLoad struct {
	asked, sent int64
	seconds     float64
	maxInFlight int
}

// openLoad counts what the load's shape asked for: what was handed out and what
// was dropped. It is that and not the rate of the plan because the requests of
// a random arrival differ from it by chance. One that was sent after the window,
// or never because no connection came about, was not sent at that rate.
func (c *cell) openLoad(shape record.Shape, windows spans) *openLoad {
	if !shape.IsOpen() {
		return nil
	}
	o := &openLoad{asked: c.dropped(), seconds: windows.seconds(), maxInFlight: shape.MaxInFlight}
	for r := range c.rows.all {
		if !r.measured || r.retried {
			continue
		}
		o.asked++
		if _, inside := windows.at(r.at); inside && !math.IsNaN(r.queue) {
			o.sent++
		}
	}
	return o
}

func droppedArrivals(r resultRow) (record.Finding, bool) {
	if r.open == nil || r.e.Dropped == 0 {
		return record.Finding{}, false
	}
	return record.Finding{
		ID: "dropped-arrivals", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("%d of %d requests were dropped because %d were already under way, so the percentiles are of those that were sent", r.e.Dropped, r.open.asked, r.open.maxInFlight),
		Remedy:  "the engine does not keep up with this rate: lower it, or raise max_in_flight to see how long the queue gets",
	}, true
}

func loadNotReached(r resultRow) (record.Finding, bool) {
	if r.open == nil || r.open.seconds <= 0 || float64(r.open.sent) >= minReached*float64(r.open.asked) {
		return record.Finding{}, false
	}
	return record.Finding{
		ID: "load-not-reached", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("%.3g requests a second were sent where the load asked for %.3g (%.0f %%)",
			float64(r.open.sent)/r.open.seconds, float64(r.open.asked)/r.open.seconds, 100*float64(r.open.sent)/float64(r.open.asked)),
		Remedy: "compare this row with others by the rate that was sent; dropped requests, refused connections or a client that is late (slip_ms) say why",
	}, true
}
