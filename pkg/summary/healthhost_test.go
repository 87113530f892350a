package summary

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// healthOf is the client's health of blocks of ten seconds.
func healthOf(t *testing.T, blocks ...record.ClientUsage) record.ClientHealth {
	t.Helper()
	var all []record.Block
	for i, u := range blocks {
		u.WallSeconds, u.Cores = 10, 2
		all = append(all, withBlock(window(string(rune('a'+i)), float64(i)*10_000, float64(i+1)*10_000), func(b *record.Block) { b.Client = &u }))
	}
	return *chat(t, sumUp(finishedRun(), nil, all...)).Client
}

func TestTheMachineHoldsTheClientUp(t *testing.T) {
	throttled := func(times, periods int64) record.ClientUsage {
		return record.ClientUsage{CPULimit: record.Some(1.5), Periods: record.Some(periods), ThrottledPeriods: record.Some(times)}
	}
	files := func(open, limit int64) record.ClientUsage {
		return record.ClientUsage{OpenFiles: record.Some(open), FileLimit: record.Some(limit)}
	}
	for name, c := range map[string]struct {
		blocks []record.ClientUsage
		reason string
	}{
		"never throttled":           {[]record.ClientUsage{throttled(0, 100)}, ""},
		"hardly throttled":          {[]record.ClientUsage{throttled(5, 100)}, ""},
		"throttled":                 {[]record.ClientUsage{throttled(12, 100)}, "throttled in 12 % of its periods (limit 5 %): it may use 1.5 processors"},
		"throttled in one of two":   {[]record.ClientUsage{throttled(0, 100), throttled(12, 100)}, "throttled in 6 %"},
		"no period had anything":    {[]record.ClientUsage{throttled(0, 0)}, ""},
		"busy within its limit":     {[]record.ClientUsage{{CPUSeconds: 4.5, CPULimit: record.Some(0.5)}}, "used 90 % of its processors"},
		"idle within its limit":     {[]record.ClientUsage{{CPUSeconds: 3.5, CPULimit: record.Some(0.5)}}, ""},
		"a limit above the machine": {[]record.ClientUsage{{CPUSeconds: 15, CPULimit: record.Some(64.0)}}, ""},
		"many files":                {[]record.ClientUsage{files(10, 1024), files(922, 1024)}, "922 of at most 1024 files"},
		"some files":                {[]record.ClientUsage{files(921, 1024)}, ""},
	} {
		h := healthOf(t, c.blocks...)
		got := strings.Join(h.Reasons, "; ")
		if (h.Verdict == record.ClientBound) != (c.reason != "") || !strings.Contains(got, c.reason) || c.reason == "" && got != "" {
			t.Errorf("%s: %s, %q, want %q", name, h.Verdict, got, c.reason)
		}
	}
}

func TestWhatTheMachineToldAddsUp(t *testing.T) {
	one := record.ClientUsage{
		Periods: record.Some(int64(100)), ThrottledPeriods: record.Some(int64(2)), ThrottledMS: record.Some(5.5),
		OpenFiles: record.Some(int64(9)), OpenSockets: record.Some(int64(4)), Retransmits: record.Some(int64(1)), ReceivePressure: record.Some(int64(2)),
	}
	other := one
	other.OpenFiles, other.OpenSockets, other.ThrottledPeriods = record.Some(int64(7)), record.Some(int64(8)), record.Some(int64(0))
	got := healthOf(t, one, record.ClientUsage{}, other)
	want := record.ClientHealth{
		Verdict: record.ClientOK, CPUShare: record.Some(0.0), GCMS: record.Some(0.0),
		ThrottledShare: record.Some(0.01), ThrottledMS: record.Some(11.0), OpenFiles: record.Some(int64(9)), OpenSockets: record.Some(int64(8)),
		Retransmits: record.Some(int64(2)), ReceivePressure: record.Some(int64(4)),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
