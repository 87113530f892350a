package load

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func constant(perS float64) Profile { return Profile{{perS, perS, time.Hour}} }

func noDrop(t *testing.T) func(Arrival) {
	return func(a Arrival) { t.Errorf("request %d was dropped", a.Seq) }
}

func TestOpenSendsOnScheduleHoweverSlowTheAnswers(t *testing.T) {
	for _, answer := range []time.Duration{0, time.Second, time.Hour} {
		t.Run(answer.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger()
				o := Open{Pacer: constant(2), Warmup: sec, Duration: 1500 * ms, MaxInFlight: 5}
				err := o.run(t.Context(), func(_ context.Context, a Arrival) {
					l.note(a)
					time.Sleep(answer)
				}, noDrop(t), time.Sleep)
				if err != nil {
					t.Errorf("Run: %v", err)
				}
				want := []sent{
					{0, 0, 0, true}, {1, 500 * ms, 500 * ms, true},
					{2, sec, sec, false}, {3, 1500 * ms, 1500 * ms, false}, {4, 2 * sec, 2 * sec, false},
				}
				if diff := cmp.Diff(want, l.requests()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
				if took, last := time.Since(l.start), 2*sec+answer; took != last {
					t.Errorf("Run took %v, want %v, when the last answer came", took, last)
				}
			})
		})
	}
}

func TestOpenDropsWhatIsDueAtTheCap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, dropped := newLedger(), newLedger()
		o := Open{Pacer: Burst{Size: 3, Every: sec}, Warmup: sec, Duration: 2 * sec, MaxInFlight: 2}
		if err := o.run(t.Context(), func(_ context.Context, a Arrival) {
			l.note(a)
			time.Sleep(1500 * ms)
		}, dropped.note, time.Sleep); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]sent{{0, 0, 0, true}, {1, 0, 0, true}, {6, 2 * sec, 2 * sec, false}, {7, 2 * sec, 2 * sec, false}}, l.requests()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]sent{{2, 0, 0, true}, {3, sec, sec, false}, {4, sec, sec, false}, {5, sec, sec, false}, {8, 2 * sec, 2 * sec, false}}, dropped.requests()); diff != "" {
			t.Errorf("dropped (-want +got):\n%s", diff)
		}
	})
}

// A client that cannot keep up must not hide it: what is late goes out at once
// and keeps its schedule.
func TestOpenKeepsTheScheduleOfWhatIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := Open{Pacer: Burst{Size: 1, Every: sec}, Duration: 4 * sec, MaxInFlight: 1}
		l := newLedger()
		var held sync.Once
		drop := func(a Arrival) {
			l.note(a)
			held.Do(func() { time.Sleep(1700 * ms) }) // stands for a client that is held up
		}
		if err := o.run(t.Context(), func(context.Context, Arrival) { time.Sleep(time.Hour) }, drop, time.Sleep); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]sent{{1, sec, sec, false}, {2, 2 * sec, 2700 * ms, false}, {3, 3 * sec, 3 * sec, false}}, l.requests()); diff != "" {
			t.Errorf("handed out (-want +got):\n%s", diff)
		}
	})
}

func TestOpenIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*ms)
		defer cancel()
		begin := time.Now()
		var begun, inFlight atomic.Int64
		o := Open{Pacer: constant(1), Duration: time.Hour, MaxInFlight: 10}
		err := o.run(ctx, func(ctx context.Context, _ Arrival) {
			begun.Add(1)
			inFlight.Add(1)
			defer inFlight.Add(-1)
			<-ctx.Done()
			time.Sleep(sec) // a request takes a moment to give up
		}, noDrop(t), time.Sleep)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Run: %v, want the context's error", err)
		}
		if n, left, took := begun.Load(), inFlight.Load(), time.Since(begin); n != 3 || left != 0 || took != 3500*ms {
			t.Errorf("%d requests, %d still under way after %v; want 3, none, 3.5s", n, left, took)
		}
	})
}

func TestOpenValidate(t *testing.T) {
	good := Open{Pacer: constant(1), Duration: 1, MaxInFlight: 1}
	for name, c := range map[string]struct {
		change func(*Open)
		want   string
	}{
		"good":             {func(*Open) {}, ""},
		"negative warm-up": {func(o *Open) { o.Warmup = -1 }, "may not be negative"},
		"no duration":      {func(o *Open) { o.Duration = 0 }, "nothing would be measured"},
		"no room":          {func(o *Open) { o.MaxInFlight = 0 }, "at least 1"},
		"bad pace":         {func(o *Open) { o.Pacer = Profile{} }, "without a request"},
	} {
		t.Run(name, func(t *testing.T) {
			o := good
			c.change(&o)
			err := o.Validate()
			switch {
			case c.want == "" && err != nil:
				t.Errorf("Validate() = %v, want none", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("Validate() = %v, want an error with %q", err, c.want)
			}
		})
	}
	err := Open{Pacer: constant(1)}.Run(t.Context(), func(context.Context, Arrival) { t.Error("a request was sent") }, noDrop(t))
	if err == nil || !strings.Contains(err.Error(), "run load: ") {
		t.Errorf("Run: %v, want a refusal", err)
	}
}

func TestOpenExpected(t *testing.T) {
	warmup, measured := Open{Pacer: Profile{{2, 2, 5 * sec}, {2, 4, 10 * sec}}, Warmup: 5 * sec, Duration: 10 * sec}.Expected()
	if warmup != 10 || measured != 30 {
		t.Errorf("%g and %g requests, want 10 and 30", warmup, measured)
	}
}

// Without synctest, so that the race detector sees true concurrency.
func TestOpenNeverHasMoreInFlightThanItMay(t *testing.T) {
	var inFlight, most, dropped, sent atomic.Int64
	o := Open{Pacer: Burst{Size: 50, Every: ms}, Duration: 50 * ms, MaxInFlight: 20}
	if err := o.Run(t.Context(), func(context.Context, Arrival) {
		n := inFlight.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		sent.Add(1)
		time.Sleep(ms)
		inFlight.Add(-1)
	}, func(Arrival) { dropped.Add(1) }); err != nil {
		t.Fatal(err)
	}
	if most.Load() > 20 || sent.Load()+dropped.Load() != 2500 || dropped.Load() == 0 {
		t.Errorf("%d in flight, %d sent, %d dropped", most.Load(), sent.Load(), dropped.Load())
	}
}

func TestNothingGoesOutEarly(t *testing.T) {
	begin := time.Now()
	at := begin.Add(5 * ms)
	if !awaitClosely(t.Context(), at, nap) || time.Now().Before(at) {
		t.Errorf("woke up after %v, want 5ms", time.Since(begin))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if awaitClosely(ctx, time.Now().Add(time.Hour), nap) {
		t.Error("an ended context let a request go out")
	}
}
