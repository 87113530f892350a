package bench

import (
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

func TestITLIsOfCountedStreamsAlone(t *testing.T) {
	counted := follow(step{ms: 0, delta: tokens(1)}, step{ms: 20, delta: tokens(2)}, step{ms: 30, delta: tokens(1)})
	uncounted := follow(step{ms: 0, delta: token}, step{ms: 20, delta: token})

	b := newBlock(time.Now(), blockState)
	b.add(counted)
	s := b.snapshot()
	gaps, itl := summary.NewGaps(), summary.NewGaps()
	gaps.RecordMS(20, 1)
	gaps.RecordMS(10, 1)
	itl.RecordMS(10, 2) // a gap over a frame of two tokens is two of half its length
	itl.RecordMS(10, 1)
	if s.GapHistogram != gaps.Encode() || s.ITLHistogram != itl.Encode() {
		t.Errorf("histograms %q and %q", s.GapHistogram, s.ITLHistogram)
	}

	b.add(uncounted)
	if s := b.snapshot(); s.ITLHistogram != "" || s.GapHistogram == gaps.Encode() {
		t.Errorf("after a stream that did not count: %q and %q", s.GapHistogram, s.ITLHistogram)
	}
}
