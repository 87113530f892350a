package bench

import (
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// zero is the instant from which the tests count.
var zero = time.Unix(1_700_000_000, 0)

var blockState = record.Block{ID: "0", Engine: "a", Scenario: "s"}

// step is a frame at so many ms, and what it says.
type step struct {
	ms        int
	delta     engine.Delta
	coalesced bool
}

func follow(steps ...step) *tally {
	t := &tally{}
	t.reset(true)
	for i, s := range steps {
		f := wire.Frame{At: zero.Add(time.Duration(s.ms) * time.Millisecond), Kernel: i%2 == 0, Coalesced: s.coalesced}
		t.add(&f, s.delta)
	}
	return t
}

var (
	role  = engine.Delta{}
	token = engine.Delta{Token: true, Answer: true}
	done  = engine.Delta{Finish: true, End: true}
)

func ms(f record.Float) float64 { return f.Or(-1) }

func tokens(n int) engine.Delta { return engine.Delta{Token: true, Answer: true, Tokens: n} }

func TestTallyTakesTTFTFromTheFirstTokenAlone(t *testing.T) {
	c := follow(step{ms: 1, delta: role}, step{ms: 3, delta: engine.Delta{}}, step{ms: 50, delta: engine.Delta{Token: true}},
		step{ms: 70, delta: token}, step{ms: 75, delta: token, coalesced: true}, step{ms: 80, delta: done})
	for name, got := range map[string]record.Float{
		"first event 1": since(zero, c.firstEvent), "first token 50": since(zero, c.firstToken),
		"first answer 70": since(zero, c.firstAnswer), "last token 75": since(zero, c.lastToken),
	} {
		want := map[string]float64{"first event 1": 1, "first token 50": 50, "first answer 70": 70, "last token 75": 75}[name]
		if ms(got) != want {
			t.Errorf("%s: %v ms", name, ms(got))
		}
	}
	if c.frames != 3 || c.coalesced != 1 || c.maxStall != 20*time.Millisecond || len(c.arrivals) != 3 || !c.finished || !c.ended {
		t.Errorf("tally %+v", c)
	}
}

func TestTPOTLeavesOutTheFirstFramesTokens(t *testing.T) {
	for _, tt := range []struct {
		name   string
		steps  []step
		tokens int64
		want   float64 // -1: undefined
	}{
		{"one token a frame", []step{{ms: 10, delta: tokens(1)}, {ms: 30, delta: tokens(1)}, {ms: 50, delta: tokens(1)}}, 3, 20},
		{"three in the first frame", []step{{ms: 10, delta: tokens(3)}, {ms: 50, delta: tokens(2)}}, 5, 20},
		{"a frame that does not say counts as one", []step{{ms: 10, delta: token}, {ms: 50, delta: token}}, 5, 10},
		{"a single frame", []step{{ms: 10, delta: tokens(4)}}, 4, -1},
		{"no more tokens than the first frame's", []step{{ms: 10, delta: tokens(2)}, {ms: 20, delta: token}}, 2, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ms(follow(tt.steps...).tpot(tt.tokens)); got != tt.want {
				t.Errorf("tpot = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestTokensAfterTheEndAreNone(t *testing.T) {
	c := follow(step{ms: 10, delta: token}, step{ms: 20, delta: done}, step{ms: 90, delta: token})
	if c.frames != 1 || c.afterEnd != 1 || c.afterFinish != 0 || ms(since(zero, c.lastToken)) != 10 {
		t.Errorf("tally %+v", c)
	}
}

func TestTokensAfterTheFinishMarkerCountAndShow(t *testing.T) {
	finish, bare := engine.Delta{Finish: true}, engine.Delta{Token: true, Bare: true, Tokens: 1}
	c := follow(step{ms: 10, delta: token}, step{ms: 20, delta: finish}, step{ms: 90, delta: token}, step{ms: 95, delta: bare}, step{ms: 99, delta: engine.Delta{End: true}})
	if c.frames != 3 || c.afterFinish != 1 || c.afterEnd != 0 || ms(since(zero, c.lastToken)) != 95 {
		t.Errorf("tally %+v", c)
	}
}

func TestOutputTokensPreferTheEnginesCount(t *testing.T) {
	c := follow(step{ms: 10, delta: token}, step{ms: 20, delta: token})
	n, source := c.outputTokens(engine.Totals{OutputTokens: record.Some[int64](7), Source: record.TokensEngine})
	if n.Or(0) != 7 || source != record.TokensEngine {
		t.Errorf("%d by %s", n.Or(0), source)
	}
	if n, source = c.outputTokens(engine.Totals{}); n.Or(0) != 2 || source != record.TokensEstimated {
		t.Errorf("%d by %s, want 2 frames, estimated", n.Or(0), source)
	}
	if n, source = follow().outputTokens(engine.Totals{}); n.Known() || source != "" {
		t.Errorf("no frame gave %v by %q", n, source)
	}
}

func TestFollowingFramesAllocatesNothing(t *testing.T) {
	c := &tally{gaps: make([]gap, 0, 200000), arrivals: make([]time.Time, 0, 200000)}
	f := wire.Frame{At: zero}
	if n := testing.AllocsPerRun(10000, func() { f.At = f.At.Add(1); c.add(&f, token) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestEnginesTakeTurns(t *testing.T) {
	all := []*Target{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	for round, want := range []string{"abc", "cba", "abc", "cba"} {
		got := ""
		for _, x := range inTurn(all, round) {
			got += x.Name
		}
		if got != want {
			t.Errorf("round %d: %s, want %s", round, got, want)
		}
	}
}

func TestGuardGivesUpOnceAfterFailuresInARow(t *testing.T) {
	g := guard{most: 3}
	for i, s := range []struct {
		status record.Status
		want   bool
	}{
		{record.StatusReset, false}, {record.StatusReset, false}, {record.StatusOK, false},
		{record.StatusReset, false}, {record.StatusCancelled, false}, {record.StatusTLS, false}, {record.StatusReset, true}, {record.StatusReset, false},
	} {
		if got := g.note(s.status); got != s.want {
			t.Errorf("outcome %d (%s): %v", i, s.status, got)
		}
	}
}
