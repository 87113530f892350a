package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

const dividedYAML = `
test_scenarios:
  ttft: {enabled: false}
  load_tests: []
  capacity: {enabled: true, arrival: %s, slo: "ttft:p95<500ms,success>=90%%", start_rate_per_s: 10, max_rate_per_s: 400, precision: 0.05,
    warmup_seconds: 2, step_seconds: 20, max_step_seconds: 80, max_in_flight: 100000, max_tokens: 10}
`

// lawful are clients of an engine that follows a law: it has slots, each of which
// serves a request in a time. Nothing is sent and nothing waited for.
type lawful struct {
	*DividedSearch
	clients int
	slots   int
	serves  float64 // seconds
	fails   bool
	// reports are what the clients told, each in its own order.
	reports [][]func(*DividedSearch)
	result  map[string]record.CapacityResult
	points  []record.CapacityPoint
	found   []record.Finding
	now     float64 // ms
}

func newLawful(t *testing.T, arrival string, clients int) *lawful {
	t.Helper()
	loaded, err := config.Load([]config.Source{{Name: "test", Data: fmt.Appendf(nil, dividedYAML, arrival)}}, "")
	if err != nil {
		t.Fatal(err)
	}
	l := &lawful{clients: clients, slots: 8, serves: 0.2, reports: make([][]func(*DividedSearch), clients)}
	l.DividedSearch = l.search(t, loaded.Config)
	return l
}

func (l *lawful) search(t *testing.T, cfg config.Config) *DividedSearch {
	t.Helper()
	l.result, l.points, l.found = map[string]record.CapacityResult{}, nil, nil
	d, err := NewDividedSearch(cfg, 1, []string{"vllm", "tgi"}, l.clients, DividedSink{
		Block: func(b record.Block) {
			if b.CapacityResult != nil {
				l.result[b.Engine] = *b.CapacityResult
			}
		},
		Notify: func(e Event) {
			if e.Step != nil {
				l.points = append(l.points, *e.Step)
			}
			if e.Finding != nil {
				l.found = append(l.found, *e.Finding)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// tell has a client tell something, and keeps it.
func (l *lawful) tell(client int, what func(*DividedSearch)) {
	l.reports[client] = append(l.reports[client], what)
	what(l.DividedSearch)
}

// run takes steps until there is none.
func (l *lawful) run(t *testing.T) {
	t.Helper()
	for n := 0; ; n++ {
		step, more := l.Next()
		if !more {
			return
		}
		if n > 200 {
			t.Fatal("the search does not end")
		}
		for client := range l.clients {
			l.tell(client, func(d *DividedSearch) { d.Took(step) })
			l.tell(client, func(d *DividedSearch) { d.Block(l.block(step, client, l.now, false)) })
		}
		begin := l.now
		for _, s := range l.samples(step) {
			l.tell(l.clientOf(s.Seq), func(d *DividedSearch) { d.Sample(s, s.SentMS.Or(0)+s.E2EMS.Or(0)+900) })
		}
		for client := range l.clients {
			l.tell(client, func(d *DividedSearch) { d.Block(l.block(step, client, begin, true)) })
			l.tell(client, func(d *DividedSearch) { d.Ended(client, d.BlockID(step)) })
		}
	}
}

// skew is how far a client's instants are off, in ms.
func skew(client int) float64 { return 40 * float64(client) }

func (l *lawful) block(s Step, client int, begin float64, done bool) record.Block {
	from := begin + 2000 + skew(client)
	return record.Block{
		ID: fmt.Sprintf("%s-w%d", l.BlockID(s), client), Engine: s.Engine, Scenario: CapacityScenario, Worker: record.Some(int64(client)), Round: s.N,
		RatePerS: s.RatePerS, StartMS: from, EndMS: from + s.DurationS*1000, Done: done,
	}
}

// samples are a step's requests by the law, in the order in which they end.
func (l *lawful) samples(step Step) (all []record.Sample) {
	free := make([]float64, l.slots)
	open := l.scenario.stepLoad(step.RatePerS, seconds(step.DurationS), l.seed, step.N)
	begin := l.now
	for a := range open.Due(time.Time{}) {
		at := a.Scheduled.Sub(time.Time{}).Seconds()
		slices.Sort(free)
		start := max(at, free[0])
		free[0] = start + l.serves
		s := record.Sample{
			Engine: step.Engine, Scenario: CapacityScenario, Phase: record.PhaseMeasure, Seq: a.Seq + int64(step.N)*seqStride, Attempt: 1, Status: record.StatusOK,
			ScheduledMS: record.Some(begin + at*1000 + skew(l.clientOf(a.Seq))), SentMS: record.Some(begin + at*1000 + skew(l.clientOf(a.Seq))), QueueMS: record.Some(0.0),
			TTFTMS: record.Some((start - at + 0.01) * 1000), E2EMS: record.Some((start + l.serves - at) * 1000), OutputTokens: record.Some(int64(10)),
		}
		if a.Warmup {
			s.Phase = record.PhaseWarmup
		}
		if l.fails {
			s.Status, s.TTFTMS, s.E2EMS = record.StatusHTTP5xx, record.Float{}, record.Float{}
		}
		all = append(all, s)
		l.now = max(l.now, begin+(start+l.serves)*1000)
	}
	return all
}

// Eight slots of 0.2 s are 40 requests/s, however many clients share the load.
func TestADividedSearchFindsTheLaw(t *testing.T) {
	t.Parallel()
	for _, clients := range []int{1, 3, 16} {
		l := newLawful(t, config.ArrivalConstant, clients)
		l.run(t)
		for _, engine := range []string{"vllm", "tgi"} {
			got, ended := l.result[engine]
			if held := got.RatePerS.Or(0); !ended || math.Abs(held/40-1) > 0.05 || got.CI == nil || got.LimitedBy != "queue" {
				t.Errorf("%d clients, %s: %+v", clients, engine, got)
			}
		}
	}
}

// Whoever is told the same decides the same, in whatever order clients are heard.
func TestADividedSearchIsReadAgain(t *testing.T) {
	t.Parallel()
	led := newLawful(t, config.ArrivalPoisson, 3)
	led.run(t)
	if len(led.points) < 6 || len(led.result) != 2 {
		t.Fatalf("%d steps, results %+v", len(led.points), led.result)
	}
	for seed := range uint64(20) {
		again := newLawful(t, config.ArrivalPoisson, 3)
		random, left := rand.New(rand.NewPCG(seed, 1)), slices.Clone(led.reports) //nolint:gosec // no secret
		asks := seed%2 == 0
		for len(left[0])+len(left[1])+len(left[2]) > 0 {
			client := random.IntN(3)
			for range min(len(left[client]), 1+random.IntN(400)) {
				left[client][0](again.DividedSearch)
				left[client] = left[client][1:]
			}
			if asks && len(again.runs) > 0 {
				again.Next()
			}
		}
		if _, more := again.Next(); more {
			t.Fatalf("order %d: it goes on", seed)
		}
		if diff := cmp.Diff(led.result, again.result) + cmp.Diff(led.points, again.points); diff != "" {
			t.Fatalf("order %d (-led +read):\n%s", seed, diff)
		}
	}
}

func TestADividedSearchOnAnEngineThatFails(t *testing.T) {
	t.Parallel()
	l := newLawful(t, config.ArrivalConstant, 2)
	l.fails = true
	l.run(t)
	if got := l.result["vllm"]; got.RatePerS.Known() || got.LimitedBy != "errors" || len(l.points) != 2*deadSteps || len(l.found) != 2 || l.found[0].ID != "engine-given-up" {
		t.Errorf("%+v, %d steps, findings %+v", got, len(l.points), l.found)
	}
}

// A client that is lost ends the search, and what was judged stays.
func TestADividedSearchWithoutAClient(t *testing.T) {
	t.Parallel()
	l := newLawful(t, config.ArrivalConstant, 2)
	step, more := l.Next()
	if !more || step.N != 0 || step.RatePerS != 10 || step.DurationS != 20 {
		t.Fatalf("%+v, %t", step, more)
	}
	l.GiveUp()
	if step, more := l.Next(); more || len(l.result) > 0 {
		t.Errorf("it goes on with %+v; %+v", step, l.result)
	}
	// One that tells of a later step shows that what came before is not known.
	rotated := newLawful(t, config.ArrivalConstant, 2)
	rotated.Took(Step{Engine: "tgi", N: 4, RatePerS: 3, DurationS: 20})
	rotated.Took(Step{Engine: "unheard-of", RatePerS: 3, DurationS: 20})
	if step, more := rotated.Next(); more || len(rotated.result) > 0 {
		t.Errorf("it goes on with %+v; %+v", step, rotated.result)
	}
}

// Nobody waits for an overloaded engine to end, and everybody for one that is slow.
func TestADividedSearchCutsAnOverload(t *testing.T) {
	t.Parallel()
	for rate, cut := range map[float64]bool{20: false, 90: true} {
		l := newLawful(t, config.ArrivalPoisson, 2)
		step := Step{Engine: "vllm", RatePerS: rate, DurationS: 20}
		for client := range l.clients {
			l.Took(step)
			l.Block(l.block(step, client, 0, false))
		}
		for _, s := range l.samples(step) {
			// What ends behind the window was not told yet.
			if ends := s.SentMS.Or(0) + s.E2EMS.Or(0); ends < 22_000 {
				l.Sample(s, ends)
			}
		}
		if l.ToCut() != cut {
			t.Errorf("at %g/s of 40 it is cut: %t", rate, !cut)
		}
	}
}
