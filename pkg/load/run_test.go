package load

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sent is a request as a run handed it out, in times since the run began.
type sent struct {
	Seq       int64
	Scheduled time.Duration
	HandedOut time.Duration
	Warmup    bool
}

// ledger notes the requests of a run.
type ledger struct {
	start time.Time
	mu    sync.Mutex
	all   []sent
}

func newLedger() *ledger { return &ledger{start: time.Now()} }

func (l *ledger) note(a Arrival) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, sent{a.Seq, a.Scheduled.Sub(l.start), time.Since(l.start), a.Warmup})
}

// requests are all of them, in the order of their numbers.
func (l *ledger) requests() []sent {
	return slices.SortedFunc(slices.Values(l.all), func(a, b sent) int { return int(a.Seq - b.Seq) })
}

func TestRunFollowsThePace(t *testing.T) {
	const s = time.Second
	for name, c := range map[string]struct {
		users  Users
		answer time.Duration // how long every request takes
		want   []sent
	}{
		"one user without a pause": {
			users: Users{Users: 1, Duration: 3 * s}, answer: s,
			want: []sent{{0, 0, 0, false}, {1, s, s, false}, {2, 2 * s, 2 * s, false}},
		},
		"thinking counts from the answer": {
			users: Users{Users: 1, Duration: 5 * s, Think: Think{Seconds: 1}}, answer: s,
			want: []sent{{0, 0, 0, false}, {1, 2 * s, 2 * s, false}, {2, 4 * s, 4 * s, false}},
		},
		"a request at the very end is not sent": {
			users: Users{Users: 1, Duration: 2 * s, Think: Think{Seconds: 1}}, answer: s,
			want: []sent{{0, 0, 0, false}},
		},
		"users come one after another, and warm-up lasts until all are there": {
			users: Users{Users: 2, RampUp: 4 * s, Warmup: 3 * s, Duration: 3 * s}, answer: 3*s + 1,
			want: []sent{
				{0, 0, 0, true}, {1, 2 * s, 2 * s, true}, {2, 3*s + 1, 3*s + 1, true},
				{3, 5*s + 1, 5*s + 1, true}, {4, 6*s + 2, 6*s + 2, true}, {5, 8*s + 2, 8*s + 2, false}, {6, 9*s + 3, 9*s + 3, false},
			},
		},
		"what is scheduled as the measured time begins is measured": {
			users: Users{Users: 1, Warmup: 2 * s, Duration: s}, answer: s,
			want: []sent{{0, 0, 0, true}, {1, s, s, true}, {2, 2 * s, 2 * s, false}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger()
				err := c.users.Run(t.Context(), func(_ context.Context, a Arrival) {
					l.note(a)
					time.Sleep(c.answer)
				})
				if err != nil {
					t.Errorf("Run: %v", err)
				}
				if diff := cmp.Diff(c.want, l.requests()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestRunTakesThePausesOfItsPacer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := Users{Users: 3, RampUp: time.Second, Duration: time.Minute, Seed: 5, Think: Think{Distribution: Exponential, Seconds: 2}}
		var want []time.Duration
		for user := range u.Users {
			at := u.Begin(user)
			for k := 1; at < u.End(); k++ {
				want = append(want, at)
				at += 100*time.Millisecond + u.Pause(user, k)
			}
		}
		l := newLedger()
		if err := u.Run(t.Context(), func(_ context.Context, a Arrival) {
			l.note(a)
			time.Sleep(100 * time.Millisecond)
		}); err != nil {
			t.Fatal(err)
		}
		var got []time.Duration
		for _, r := range l.requests() {
			got = append(got, r.Scheduled)
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("schedule (-want +got):\n%s", diff)
		}
	})
}

// A client that cannot keep up must not hide it: the schedule stays where the
// load shape put it.
func TestLateRequestsKeepTheirSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		r := userRun{
			Users: Users{Users: 1, Warmup: time.Second, Duration: 4 * time.Second}, start: l.start.Add(-2 * time.Second),
			do: func(_ context.Context, a Arrival) { l.note(a); time.Sleep(time.Hour) },
		}
		r.user(t.Context(), 0)
		want := []sent{{Seq: 0, Scheduled: -2 * time.Second, HandedOut: 0, Warmup: true}}
		if diff := cmp.Diff(want, l.requests()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

// Without synctest, so that the race detector sees true concurrency.
func TestRunNumbersRequestsWithoutGaps(t *testing.T) {
	l := newLedger()
	u := Users{Users: 50, Duration: 20 * time.Millisecond}
	if err := u.Run(t.Context(), func(_ context.Context, a Arrival) {
		l.note(a)
		time.Sleep(time.Millisecond)
	}); err != nil {
		t.Fatal(err)
	}
	all := l.requests()
	if len(all) < u.Users {
		t.Fatalf("%d requests, want at least one of each of %d users", len(all), u.Users)
	}
	for i, r := range all {
		if r.Seq != int64(i) {
			t.Fatalf("request %d has the number %d", i, r.Seq)
		}
		if r.HandedOut < r.Scheduled {
			t.Errorf("request %d was handed out at %v, before its time %v", i, r.HandedOut, r.Scheduled)
		}
	}
}

func TestRunKeepsSlowRequestsOfTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		drain    time.Duration
		wantErr  error
		wantTook time.Duration
	}{
		"unbounded":             {0, nil, time.Hour},
		"within the drain":      {time.Hour, nil, time.Hour},
		"longer than the drain": {10 * time.Second, context.DeadlineExceeded, 11 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				var cancelled error
				err := Users{Users: 1, Duration: time.Second, Drain: c.drain}.Run(t.Context(), func(ctx context.Context, _ Arrival) {
					select {
					case <-time.After(time.Hour):
					case <-ctx.Done():
						cancelled = ctx.Err()
					}
				})
				if err != nil {
					t.Errorf("Run: %v, want none at the planned end", err)
				}
				if !errors.Is(cancelled, c.wantErr) {
					t.Errorf("the request's context ended with %v, want %v", cancelled, c.wantErr)
				}
				if took := time.Since(begin); took != c.wantTook {
					t.Errorf("Run took %v, want %v", took, c.wantTook)
				}
			})
		})
	}
}

// At the interruption the first user waits for an answer, and the others have
// not begun.
func TestRunIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var begun, inFlight atomic.Int64
		err := Users{Users: 3, RampUp: time.Minute / 2, Duration: time.Hour, Think: Think{Seconds: 60}}.Run(ctx, func(ctx context.Context, _ Arrival) {
			begun.Add(1)
			inFlight.Add(1)
			defer inFlight.Add(-1)
			<-ctx.Done()
			time.Sleep(time.Second) // a request takes a moment to give up
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Run: %v, want the context's error", err)
		}
		if n := inFlight.Load(); n != 0 {
			t.Errorf("Run returned while %d requests were under way", n)
		}
		if n := begun.Load(); n != 1 {
			t.Errorf("%d requests began, want the first user's alone", n)
		}
		if took := time.Since(begin); took != 6*time.Second {
			t.Errorf("Run took %v, want 5s and the second that a request needs to give up", took)
		}
	})
}

func TestRunIsInterruptedWhileThinking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(90*time.Second, cancel)
		begin, begun := time.Now(), 0
		err := Users{Users: 1, Duration: time.Hour, Think: Think{Seconds: 60}}.Run(ctx, func(context.Context, Arrival) { begun++ })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v, want the context's error", err)
		}
		if took := time.Since(begin); begun != 2 || took != 90*time.Second {
			t.Errorf("%d requests in %v, want 2 in 1m30s", begun, took)
		}
	})
}

func TestRunOfAnEndedContextSendsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Users{Users: 4, Duration: time.Second}.Run(ctx, func(context.Context, Arrival) { t.Error("a request was sent") })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v, want the context's error", err)
	}
}

func TestRunRefusesABadLoad(t *testing.T) {
	err := Users{}.Run(t.Context(), func(context.Context, Arrival) { t.Error("a request was sent") })
	if err == nil || !strings.Contains(err.Error(), "run load: load of 0 users") {
		t.Errorf("Run: %v, want a refusal", err)
	}
}

// The executor must be able to hand out far more than any engine can answer,
// or its own limit would look like the engine's.
func BenchmarkRun(b *testing.B) {
	var left atomic.Int64
	left.Store(int64(b.N))
	ctx, cancel := context.WithCancel(b.Context())
	err := Users{Users: 100, Duration: time.Hour}.Run(ctx, func(context.Context, Arrival) {
		if left.Add(-1) == 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		b.Fatal(err)
	}
}
