package summary

import (
	"fmt"
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// The histogram's unit is a microsecond; its top is an hour.
const (
	gapTop    = int64(3600 * 1e6)
	gapDigits = 3
)

// Limits of a histogram that is read back: what a file of another origin may
// ask for. An honest one has some 10 KB, and a gap for every token of a run.
const (
	maxEncodedGaps = 4 << 20
	maxGaps        = int64(1) << 34
)

// Gaps is an HDR histogram of durations with three significant digits, from a
// microsecond to an hour. It is not safe for concurrent use.
type Gaps struct{ h *hdrhistogram.Histogram }

// NewGaps returns an empty histogram.
func NewGaps() *Gaps { return &Gaps{h: hdrhistogram.New(1, gapTop, gapDigits)} }

// RecordMS counts n gaps of ms milliseconds. Nothing is lost at the ends: a gap
// is rounded to whole microseconds, so that frames which arrived together
// count as 0, and one of more than an hour counts as an hour (see OverTop).
func (g *Gaps) RecordMS(ms float64, n int64) {
	if n < 1 {
		return
	}
	us := int64(0)
	if ms > 0 {
		us = int64(math.Round(min(ms*1000, float64(gapTop))))
	}
	// Within the range the histogram refuses only to count past 2^63 gaps.
	_ = g.h.RecordValues(us, n)
}

// N is how many gaps were counted.
func (g *Gaps) N() int64 { return g.h.TotalCount() }

// OverTop is how many gaps were as long as the histogram can tell, an hour or more.
func (g *Gaps) OverTop() int64 {
	n := int64(0)
	for _, bar := range g.h.Distribution() {
		if bar.To >= gapTop {
			n += bar.Count
		}
	}
	return n
}

// Encode returns the histogram in HdrHistogram's V2 compressed encoding as
// base64; an empty one is "".
func (g *Gaps) Encode() string {
	if g.N() == 0 {
		return ""
	}
	data, err := g.h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil { // it writes to memory only
		return ""
	}
	return string(data)
}

// Merge adds every count of an encoded histogram, without loss. It refuses what
// is damaged, was made with another range or precision, or would make the
// whole larger than any run.
func (g *Gaps) Merge(encoded string) error {
	if encoded == "" {
		return nil
	}
	if len(encoded) > maxEncodedGaps {
		return fmt.Errorf("read gap histogram: %d bytes are too many", len(encoded))
	}
	h, err := hdrhistogram.Decode([]byte(encoded))
	if err != nil {
		return fmt.Errorf("read gap histogram: %w", err)
	}
	if h.LowestTrackableValue() != 1 || h.HighestTrackableValue() != g.h.HighestTrackableValue() || h.SignificantFigures() != gapDigits {
		return fmt.Errorf("read gap histogram: it has %d digits from %d to %d us, not %d from 1 to %d",
			h.SignificantFigures(), h.LowestTrackableValue(), h.HighestTrackableValue(), gapDigits, gapTop)
	}
	if h.TotalCount() > maxGaps-g.N() {
		return fmt.Errorf("read gap histogram: %d gaps are too many", h.TotalCount())
	}
	g.h.Merge(h)
	return nil
}

// counted returns the histogram as a sample of milliseconds, each value the
// middle of its bucket, and the sample's mean. It is within 0.05 % of the truth.
func (g *Gaps) counted() (sample *stats.Counted, mean float64) {
	sample = &stats.Counted{}
	sum := 0.0
	for _, bar := range g.h.Distribution() {
		ms := (float64(bar.From) + float64(bar.To)) / 2 / 1000
		sample.Add(ms, bar.Count)
		sum += ms * float64(bar.Count)
	}
	return sample, sum / float64(max(sample.N(), 1))
}
