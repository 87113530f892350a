package fleet

import (
	"errors"
	"testing"
	"time"
)

// A run that somebody leads is not taken up, and where two lead it all the same the
// one who came later goes on, and has everything.
func TestOneCallerLeadsARun(t *testing.T) {
	t.Parallel()
	s, first := newStage(t, 2, lasting), newGathered()
	left := make(chan error, 1)
	go func() {
		_, err := s.conduct(t.Context(), first)
		left <- err
	}()
	for first.count() < 20 {
		time.Sleep(5 * time.Millisecond)
	}
	if err := Unled(t.Context(), s); !errors.Is(err, ErrLed) {
		t.Errorf("a run that is led: %v", err)
	}
	g := newGathered()
	out, err := s.conduct(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-left; !errors.Is(err, ErrLed) {
		t.Errorf("the first caller: %v", err)
	}
	everything(t, s, g)
	for _, w := range out.Workers {
		if !w.Done {
			t.Errorf("worker %+v", w)
		}
	}
	if err := Unled(t.Context(), s); err != nil {
		t.Errorf("a run that is over: %v", err)
	}
}

func TestARunWhoseCallerIsGoneIsUnled(t *testing.T) {
	t.Parallel()
	s := newStage(t, 2, lasting)
	s.leaderless(20)
	if err := Unled(t.Context(), s); err != nil {
		t.Error(err)
	}
	s.set(errors.New("connection refused"))
	if err := Unled(t.Context(), s); err == nil || errors.Is(err, ErrLed) {
		t.Errorf("a cluster that does not answer: %v", err)
	}
}

// The one who takes a run up has a clock of its own: blocks begin together all the
// same, and nobody waits for what that clock is ahead.
func TestACallerWithAnotherClock(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"ahead": time.Hour, "behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, 2, lasting)
			s.leaderless(20)
			g := newGathered()
			out, err := s.conduct(t.Context(), g, func(o *Options) { o.Now = func() time.Time { return time.Now().Add(ahead) } })
			if err != nil {
				t.Fatal(err)
			}
			everything(t, s, g)
			for _, w := range out.Workers {
				// The bounds are of the clock that the run's times go by.
				if low, high := w.OffsetLowMS.Or(1e9), w.OffsetHighMS.Or(-1e9); !w.Done || w.LateMS > 60_000 || low > 0 || high < 0 || high > 60_000 {
					t.Errorf("worker %+v", w)
				}
			}
			one, two := g.blocks["1-vllm-0-w0"], g.blocks["1-vllm-0-w1"]
			if d := one.StartMS - two.StartMS; !one.Done || !two.Done || d > 500 || d < -500 {
				t.Errorf("they began %g ms apart: %+v, %+v", d, one, two)
			}
		})
	}
}

func TestOfTwoWhoLeadOneGoesOn(t *testing.T) {
	t.Parallel()
	dead := Lead{Term: 3, By: "dead", Beat: 90}
	for name, k := range map[string]struct {
		looks     [][]Lead
		outranked bool
		term      int
	}{
		"the first":                    {[][]Lead{{{}, {}}}, false, 1},
		"after one who is gone":        {[][]Lead{{dead, {}}, {dead, {}}}, false, 4},
		"beside one of before":         {[][]Lead{{dead}, {{Term: 3, By: "dead", Beat: 91}}}, false, 4},
		"beside one who came later":    {[][]Lead{{dead}, {{Term: 5, By: "later", Beat: 1}}}, true, 4},
		"beside one of the same term":  {[][]Lead{{dead}, {{Term: 4, By: "~", Beat: 1}}}, true, 4},
		"that one has the lesser name": {[][]Lead{{dead}, {{Term: 4, By: "!", Beat: 1}}}, false, 4},
		"what one left behind":         {[][]Lead{{dead}, {{Term: 3, By: "dead", Beat: 2}}}, false, 4},
	} {
		l, outranked := newLeading(), false
		for _, leads := range k.looks {
			outranked = l.look(leads)
		}
		if outranked != k.outranked || l.Term != k.term {
			t.Errorf("%s: outranked %t in term %d", name, outranked, l.Term)
		}
	}
}
