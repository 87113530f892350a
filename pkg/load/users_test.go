package load

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestUsersBegin(t *testing.T) {
	for _, c := range []struct {
		users  int
		rampUp time.Duration
		want   map[int]time.Duration
	}{
		{users: 1, rampUp: time.Minute, want: map[int]time.Duration{0: 0}},
		{users: 5, want: map[int]time.Duration{0: 0, 4: 0}},
		{users: 4, rampUp: 10 * time.Second, want: map[int]time.Duration{0: 0, 1: 2500 * time.Millisecond, 2: 5 * time.Second, 3: 7500 * time.Millisecond}},
		// What does not divide is cut to the nanosecond below.
		{users: 3, rampUp: 10, want: map[int]time.Duration{0: 0, 1: 3, 2: 6}},
		{users: 4, rampUp: 10, want: map[int]time.Duration{1: 2, 2: 5, 3: 7}},
		{users: 3, rampUp: time.Second, want: map[int]time.Duration{1: 333333333, 2: 666666666}},
		// A week for 100,000 users: the product does not fit in 64 bits.
		{users: 100_000, rampUp: 168 * time.Hour, want: map[int]time.Duration{1: 6048 * time.Millisecond, 99_999: 168*time.Hour - 6048*time.Millisecond}},
	} {
		t.Run(fmt.Sprintf("%d users over %v", c.users, c.rampUp), func(t *testing.T) {
			u := Users{Users: c.users, RampUp: c.rampUp}
			got := map[int]time.Duration{}
			for user := range c.want {
				got[user] = u.Begin(user)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("begin by user (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUsersPhases(t *testing.T) {
	u := Users{Users: 1, RampUp: 3 * time.Second, Warmup: 5 * time.Second, Duration: 7 * time.Second}
	if got := u.MeasureFrom(); got != 8*time.Second {
		t.Errorf("MeasureFrom() = %v, want 8s", got)
	}
	if got := u.End(); got != 15*time.Second {
		t.Errorf("End() = %v, want 15s", got)
	}
}

func TestPauseOfFixedThinkTime(t *testing.T) {
	u := Users{Users: 2, Think: Think{Seconds: 0.000000123}}
	for k, want := range []time.Duration{0, 123, 123} {
		if got := u.Pause(1, k); got != want {
			t.Errorf("Pause(1, %d) = %v, want %v", k, got, want)
		}
	}
}

// The draws are part of what a seed promises: the same seed gives the same run
// in every build.
func TestPauseIsPinnedByItsSeed(t *testing.T) {
	uniform := Users{Users: 9, Seed: 7, Think: Think{Distribution: Uniform, Min: 1, Max: 3}}
	exponential := Users{Users: 9, Seed: 7, Think: Think{Distribution: Exponential, Seconds: 2}}
	for _, c := range []struct {
		of      Users
		user, k int
		want    time.Duration
	}{
		{uniform, 0, 0, 0},
		{uniform, 0, 1, 1435608122},
		{uniform, 0, 2, 1041666186},
		{uniform, 8, 1, 1118453981},
		{exponential, 0, 1, 421387529},
		{exponential, 0, 2, 738265019},
		{exponential, 8, 1, 2565063},
	} {
		if got := c.of.Pause(c.user, c.k); got != c.want {
			t.Errorf("%s: Pause(%d, %d) = %d, want %d", c.of.Think.Distribution, c.user, c.k, got, c.want)
		}
	}
}

func TestPausesDifferByUserRequestAndSeed(t *testing.T) {
	think := Think{Distribution: Uniform, Max: 1}
	seen := map[time.Duration]string{}
	for seed := range uint64(20) {
		u := Users{Users: 20, Seed: seed, Think: think}
		for user := range 20 {
			for k := 1; k <= 20; k++ {
				who := fmt.Sprintf("seed %d user %d request %d", seed, user, k)
				if other, again := seen[u.Pause(user, k)]; again {
					t.Fatalf("%s pauses as long as %s", who, other)
				}
				seen[u.Pause(user, k)] = who
			}
		}
	}
}

func TestUsersValidate(t *testing.T) {
	good := Users{Users: 2, Duration: time.Second}
	for name, c := range map[string]struct {
		change func(*Users)
		want   string // part of the message, "" for none
	}{
		"good":              {func(*Users) {}, ""},
		"nobody":            {func(u *Users) { u.Users = 0 }, "at least 1"},
		"negative ramp-up":  {func(u *Users) { u.RampUp = -1 }, "none may be negative"},
		"negative warm-up":  {func(u *Users) { u.Warmup = -1 }, "none may be negative"},
		"negative drain":    {func(u *Users) { u.Drain = -1 }, "none may be negative"},
		"no duration":       {func(u *Users) { u.Duration = 0 }, "nothing would be measured"},
		"negative duration": {func(u *Users) { u.Duration = -1 }, "nothing would be measured"},
		"bad think time":    {func(u *Users) { u.Think.Distribution = "normal" }, `"normal" is not one of`},
	} {
		t.Run(name, func(t *testing.T) {
			u := good
			c.change(&u)
			switch err := u.Validate(); {
			case c.want == "" && err != nil:
				t.Errorf("Validate() = %v, want none", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("Validate() = %v, want an error with %q", err, c.want)
			}
		})
	}
}
