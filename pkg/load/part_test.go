package load

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// union runs a load in parts and returns all that they sent, by number.
func union(t *testing.T, of int, run func(ctx context.Context, p Part, do Do) error) (all []Arrival) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		got := make(chan Arrival, 1<<16)
		done := make(chan error, of)
		for i := range of {
			go func() {
				done <- run(t.Context(), Part{Index: i, Of: of}, func(_ context.Context, a Arrival) {
					a.Scheduled = time.Time{}.Add(a.Scheduled.Sub(start))
					got <- a
					time.Sleep(300 * time.Millisecond)
				})
			}()
		}
		for range of {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		close(got)
		for a := range got {
			all = append(all, a)
		}
	})
	slices.SortFunc(all, func(a, b Arrival) int { return int(a.Seq - b.Seq) })
	return all
}

// The parts of an open loop send what one client sends, request for request and
// instant for instant, however many parts there are.
func TestPartsOfAnOpenLoopAreTheWhole(t *testing.T) {
	trace := Trace{Requests: []TracedRequest{{0, Lengths{1, 2}}, {time.Second, Lengths{3, 4}}, {time.Second, Lengths{5, 6}}, {3 * time.Second, Lengths{7, 8}}}}
	for name, pacer := range map[string]Pacer{
		"constant": constant(7), "ramp": Profile{{1, 20, 10 * time.Second}}, "steps": Profile{{2, 2, 3 * time.Second}, {9, 9, 3 * time.Second}},
		"poisson": Gamma{Rate: 11, Burstiness: 1}, "gamma": Gamma{Rate: 5, Burstiness: 0.4}, "burst": Burst{Size: 5, Every: time.Second}, "trace": trace,
	} {
		for _, seed := range []uint64{1, 77} {
			open := Open{Pacer: pacer, Warmup: time.Second, Duration: 9 * time.Second, MaxInFlight: 1000, Seed: seed}
			run := func(ctx context.Context, p Part, do Do) error {
				o := open
				o.Part = p
				return o.run(ctx, do, noDrop(t), time.Sleep)
			}
			whole := union(t, 1, run)
			if len(whole) < 4 {
				t.Fatalf("%s: only %d requests", name, len(whole))
			}
			for _, of := range []int{2, 3, 16} {
				if diff := cmp.Diff(whole, union(t, of, run)); diff != "" {
					t.Errorf("%s in %d parts, seed %d (-whole +parts):\n%s", name, of, seed, diff)
				}
			}
		}
	}
}

// The users of a closed loop come when they would have come, each to one client,
// and no two requests have a number.
func TestPartsOfAClosedLoopShareItsUsers(t *testing.T) {
	users := Users{Users: 7, RampUp: 2 * time.Second, Duration: 8 * time.Second, Seed: 5, Think: Think{Distribution: Exponential, Seconds: 1}}
	at := func(all []Arrival) map[int][]string {
		by := map[int][]string{}
		for _, a := range all {
			by[a.User] = append(by[a.User], fmt.Sprint(a.Scheduled.UnixNano(), a.Warmup))
		}
		for _, list := range by {
			slices.Sort(list)
		}
		return by
	}
	run := func(ctx context.Context, p Part, do Do) error {
		u := users
		u.Part = p
		return u.Run(ctx, do)
	}
	whole := at(union(t, 1, run))
	for _, of := range []int{2, 3, 7, 11} {
		all := union(t, of, run)
		if diff := cmp.Diff(whole, at(all)); diff != "" {
			t.Errorf("%d parts (-whole +parts):\n%s", of, diff)
		}
		if n := len(slices.CompactFunc(slices.Clone(all), func(a, b Arrival) bool { return a.Seq == b.Seq })); n != len(all) {
			t.Errorf("%d parts: %d of %d requests share a number", of, len(all)-n, len(all))
		}
	}
}

func TestSharesAddUp(t *testing.T) {
	for n := range 40 {
		for of := 1; of < 12; of++ {
			sum, most, least := 0, 0, n
			for i := range of {
				share := Part{i, of}.Share(n)
				sum, most, least = sum+share, max(most, share), min(least, share)
				has := 0
				for k := range n {
					if (Part{i, of}).Has(int64(k)) {
						has++
					}
				}
				if has != share {
					t.Errorf("part %d of %d has %d of %d, and a share of %d", i, of, has, n, share)
				}
			}
			if sum != n || most-least > 1 {
				t.Errorf("%d among %d: %d in all, from %d to %d", n, of, sum, least, most)
			}
		}
	}
}

func TestAPartOfNothingIsRefused(t *testing.T) {
	for _, p := range []Part{{0, -1}, {-1, 3}, {3, 3}, {1, 0}} {
		u, o := Users{Users: 1, Duration: 1, Part: p}, Open{Pacer: constant(1), Duration: 1, MaxInFlight: 1, Part: p}
		if u.Validate() == nil || o.Validate() == nil {
			t.Errorf("%+v is taken", p)
		}
	}
}

// A part drops what is due at its own share of the most in flight.
func TestAPartKeepsToItsShareInFlight(t *testing.T) {
	for _, c := range []struct {
		index int
		want  int64
	}{{0, 2}, {1, 1}, {2, 1}} {
		synctest.Test(t, func(t *testing.T) {
			var sent atomic.Int64
			dropped := 0
			o := Open{Pacer: Burst{Size: 12, Every: time.Hour}, Duration: time.Second, MaxInFlight: 4, Part: Part{c.index, 3}}
			hold := make(chan struct{})
			time.AfterFunc(2*time.Second, func() { close(hold) })
			if err := o.run(t.Context(), func(context.Context, Arrival) { sent.Add(1); <-hold }, func(Arrival) { dropped++ }, time.Sleep); err != nil {
				t.Fatal(err)
			}
			if sent.Load() != c.want || int(c.want)+dropped != 4 {
				t.Errorf("part %d sent %d and dropped %d, want %d of 4", c.index, sent.Load(), dropped, c.want)
			}
		})
	}
}
