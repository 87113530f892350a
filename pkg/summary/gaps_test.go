package summary

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

func TestGapsLoseNothingAtTheEnds(t *testing.T) {
	g := NewGaps()
	for _, ms := range []float64{-1, 0, 0.0001, math.NaN()} {
		g.RecordMS(ms, 1)
	}
	g.RecordMS(20, 3)
	g.RecordMS(3600*1000, 1)
	g.RecordMS(1e9, 2)
	g.RecordMS(math.Inf(1), 1)
	g.RecordMS(5, 0)
	g.RecordMS(5, -7)
	if g.N() != 11 || g.OverTop() != 4 {
		t.Errorf("N = %d, OverTop = %d; want 11 and 4", g.N(), g.OverTop())
	}
	d := describeGaps(g, 0.95)
	if d.Min.Or(-1) != 0 {
		t.Errorf("min = %s, want 0", text(d.Min))
	}
	if top := d.Max.Or(0); math.Abs(top/3600e3-1) > 1e-3 {
		t.Errorf("max = %g, want an hour", top)
	}
}

// What is encoded, decoded and merged is what one histogram of everything is.
func TestGapsMergeWithoutLoss(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		whole, merged := NewGaps(), NewGaps()
		for range 1 + rng.IntN(5) {
			part := NewGaps()
			for range rng.IntN(300) {
				ms, n := math.Exp(rng.NormFloat64()*6), rng.Int64N(4)
				part.RecordMS(ms, n)
				whole.RecordMS(ms, n)
			}
			if err := merged.Merge(part.Encode()); err != nil {
				t.Fatal(err)
			}
		}
		if merged.Encode() != whole.Encode() || merged.N() != whole.N() || merged.OverTop() != whole.OverTop() {
			t.Fatalf("merged %d gaps differ from the whole of %d", merged.N(), whole.N())
		}
	}
	if e := NewGaps().Encode(); e != "" {
		t.Errorf("an empty histogram encodes as %q", e)
	}
}

// Every percentile is that of the raw gaps to three significant digits.
func TestGapsKeepThreeDigits(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	g := NewGaps()
	var raw stats.Sorted
	for range 20_000 {
		ms := math.Exp(rng.NormFloat64()) * 25
		raw = append(raw, ms)
		g.RecordMS(ms, 1)
	}
	slices.Sort(raw)
	want, got := describeValues(raw, 0.95), describeGaps(g, 0.95)
	for _, name := range []string{"mean", "min", "max", "p50", "p90", "p95", "p99", "p99_9"} {
		w, wOK := want.Statistic(name).Get()
		v, vOK := got.Statistic(name).Get()
		if wOK != vOK || math.Abs(v/w-1) > 1e-3 {
			t.Errorf("%s = %g, the raw gaps have %g", name, v, w)
		}
	}
}

func TestGapsRefuseWhatIsNotTheirs(t *testing.T) {
	other := hdrhistogram.New(1, 1000, 2)
	if err := other.RecordValue(7); err != nil {
		t.Fatal(err)
	}
	foreign, err := other.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		t.Fatal(err)
	}
	huge := NewGaps()
	huge.RecordMS(1, maxGaps+1)
	for name, encoded := range map[string]string{
		"another geometry": string(foreign), "no base64": "!", "too short": "AAAA",
		"cut": gapsOf(1, 2, 3).Encode()[:40], "too many gaps": huge.Encode(), "too long": strings.Repeat("A", maxEncodedGaps+1),
	} {
		g := gapsOf(5)
		if err := g.Merge(encoded); err == nil || g.N() != 1 {
			t.Errorf("%s: error %v, %d gaps", name, err, g.N())
		}
	}
}

// gapsOf is a histogram of single gaps.
func gapsOf(ms ...float64) *Gaps {
	g := NewGaps()
	for _, v := range ms {
		g.RecordMS(v, 1)
	}
	return g
}

func FuzzMerge(f *testing.F) {
	f.Add("")
	f.Add(gapsOf(0, 1, 20, 1e9).Encode())
	f.Add("HISTFAAAABx4nJNpmSzMwMDAxAABzFCaEUoz2X+AMIKZAEARAtM=")
	f.Fuzz(func(t *testing.T, encoded string) {
		g := gapsOf(3)
		if err := g.Merge(encoded); err != nil {
			if g.N() != 1 {
				t.Errorf("a refused histogram left %d gaps", g.N())
			}
			return
		}
		again := NewGaps()
		if err := again.Merge(g.Encode()); err != nil || again.N() != g.N() {
			t.Errorf("%d gaps read back as %d: %v", g.N(), again.N(), err)
		}
	})
}
