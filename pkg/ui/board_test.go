package ui

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

// fixed is a Counter that says the same each time, its tokens growing.
type fixed struct{ tokens int64 }

func (f *fixed) Read() []Count {
	f.tokens += 50
	return []Count{{Engine: "vllm", Scenario: "heavy", InFlight: 5, Tokens: f.tokens}, {Engine: "vllm", Scenario: "ttft", InFlight: 1}}
}

// underLoad is a board half-way through its load test.
func underLoad(p record.Plan) reading {
	b := newBoard(p, &fixed{})
	b.take(bench.Event{Kind: bench.EventScenario, Scenario: "heavy"})
	b.take(bench.Event{Kind: bench.EventBlock, Scenario: "heavy", Engine: "vllm", Total: 20_000})
	for i := range 400 {
		b.take(request("vllm", record.StatusOK, 40+float64(i%50)))
	}
	for range 7 {
		b.take(request("vllm", record.StatusTruncated, 1))
	}
	b.take(request("vllm", record.StatusReset, 1))
	b.take(request("vllm", record.StatusCancelled, 1))
	b.take(bench.Event{Kind: bench.EventDropped, Engine: "vllm"})
	var r reading
	for range 20 {
		time.Sleep(500 * time.Millisecond)
		r = b.read()
	}
	return r
}

func TestAReadingIsWhatTheEventsSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := underLoad(plan)
		v := r.engines[0]
		if v.done != 409 || v.failed != 8 || v.dropped != 1 || v.state != stateActive || v.share != 0.5 || r.engines[1].state != stateWaits {
			t.Errorf("%+v", v)
		}
		if v.inFlight.Or(0) != 5 || v.tokensPerS.Or(0) != 100 {
			t.Errorf("%v in flight, %v tokens/s", v.inFlight, v.tokensPerS)
		}
		if r.number != 2 || r.of != 2 || r.share != 0.25 || r.elapsed != 10*time.Second || r.left != 30*time.Second {
			t.Errorf("scenario %d of %d, %g done, %v gone, %v left", r.number, r.of, r.share, r.elapsed, r.left)
		}
		want := "heavy 25%: vllm 409 done, ttft p50 64.0 ms, p95 87.0 ms, 100 tokens/s, 5 in flight, 8 failed (reset=1, truncated=7), 1 dropped; tgi waits; about 30s left"
		if got := readingText(r); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestOpenLoopsAreOfTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := record.Plan{Scenarios: []record.PlannedScenario{{Name: "open", Shape: record.Shape{Arrival: "poisson", Rounds: 2}, Requests: 2, ExpectedS: 60}}}
		b := newBoard(p, nil)
		b.take(bench.Event{Kind: bench.EventScenario, Scenario: "open"})
		b.take(bench.Event{Kind: bench.EventBlock, Scenario: "open", Engine: "vllm", Total: 30_000})
		b.take(request("vllm", record.StatusOK, 1))
		time.Sleep(15 * time.Second)
		if r := b.read(); r.share != 0.25 || r.left != 45*time.Second || r.engines[0].total != 0 || r.engines[0].inFlight.Known() {
			t.Errorf("%+v", r)
		}
	})
}

// How far a search is, nobody knows before it has found something.
func TestASearchTellsNoShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := record.Plan{Engines: []record.EngineInfo{{Engine: "vllm"}}, Scenarios: []record.PlannedScenario{{Name: "capacity", Kind: record.KindCapacity, Shape: record.Shape{Arrival: "poisson"}, ExpectedS: 60}}}
		b := newBoard(p, nil)
		b.take(bench.Event{Kind: bench.EventScenario, Scenario: "capacity"})
		b.take(bench.Event{Kind: bench.EventBlock, Scenario: "capacity", Engine: "vllm", Total: 30_000})
		b.take(request("vllm", record.StatusOK, 1))
		time.Sleep(time.Minute)
		r := b.read()
		if got, want := readingText(r), "capacity: vllm 1 done, 0 failed; searching"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got := (canvas{width: 80, height: 24}).draw(r, view{name: "n"}); strings.Contains(got, "100%") || !strings.Contains(got, "searching") {
			t.Errorf("%s", got)
		}
	})
}

func TestTheLiveViewAtEveryWidth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		named := plan
		named.Engines = []record.EngineInfo{{Engine: "vllm"}, {Engine: longNames[1]}, {Engine: "evil\x1b[2J"}}
		load := underLoad(named)
		b := newBoard(named, nil)
		preflight := b.read()
		b.take(bench.Event{Kind: bench.EventPreflight, Engine: "evil\x1b[2J", Finding: &record.Finding{}})
		b.take(bench.Event{Kind: bench.EventScenario, Scenario: "ttft"})
		b.take(bench.Event{Kind: bench.EventBlock, Engine: "vllm"})
		b.take(bench.Event{Kind: bench.EventFinding, Engine: longNames[1], Finding: &record.Finding{ID: "engine-given-up"}})
		for i := range 30 {
			b.take(request("vllm", record.StatusOK, 1000*float64(i+1)))
		}
		sequential := b.read()
		var out strings.Builder
		for _, size := range []struct{ width, height int }{{40, 24}, {60, 24}, {80, 24}, {100, 30}, {120, 40}, {160, 40}, {80, 6}, {10, 3}} {
			for _, r := range []reading{preflight, sequential, load} {
				c := canvas{width: size.width, height: size.height}
				text := c.draw(r, view{name: "nightly comparison", skips: r.number > 0, help: size.width == 120})
				fmt.Fprintf(&out, "%dx%d\n%s\n\n", size.width, size.height, text)
				wantWidth(t, text, size.width)
				if n := strings.Count(text, "\n") + 1; n > size.height {
					t.Errorf("%d lines in %v", n, size)
				}
				if strings.Contains(text, "\x1b") {
					t.Errorf("an escape reached the terminal: %q", text)
				}
			}
		}
		golden.Check(t, "testdata/live.golden", []byte(out.String()))
	})
}

func TestEstimatesAreThoseOfTheWholeSample(t *testing.T) {
	s := &sampler{}
	if got := s.estimates(0.95, 0.5); got[0].value.Known() {
		t.Errorf("of nothing: %+v", got)
	}
	var all []float64
	var wait sync.WaitGroup
	for i := range 2*mostFresh + 5 {
		all = append(all, float64(i%997)+1)
	}
	half := len(all) / 2
	for _, part := range [][]float64{all[:half], all[half:]} {
		wait.Go(func() {
			for _, v := range part {
				s.add(v)
			}
		})
	}
	s.estimates(0.95, 0.5)
	wait.Wait()
	slices.Sort(all)
	for i, p := range []float64{0.5, 0.95, 0.99} {
		got := s.estimates(0.95, 0.5, 0.95, 0.99)[i]
		want, _ := stats.Quantile(stats.Sorted(all), p)
		low, high, _ := stats.QuantileInterval(stats.Sorted(all), p, 0.95)
		for _, pair := range [][2]float64{{got.value.Or(0), want}, {got.low.Or(0), low}, {got.high.Or(0), high}} {
			if abs(pair[0]-pair[1]) > 0.001*pair[1] {
				t.Errorf("p%g: %g, want %g", p*100, pair[0], pair[1])
			}
		}
	}
}

func TestATrendKeepsTheWholeInFewPoints(t *testing.T) {
	var tr trend
	for i := range 10_000 {
		tr.add(float64(i))
	}
	if n := len(tr.points); n < trendPoints/2-1 || n >= trendPoints || !slices.IsSorted(tr.points) {
		t.Errorf("%d points: %v", n, tr.points)
	}
	for width, want := range map[int]string{0: "", 1: "▁", 8: "▁▂▃▄▅▆▇█"} {
		if got := sparkline(tr.points, width); got != want {
			t.Errorf("in %d columns: %q, want %q", width, got, want)
		}
	}
	if diff := cmp.Diff("▁▁█", sparkline([]float64{3, 3, 4}, 10)); diff != "" {
		t.Error(diff)
	}
}

func TestAPaceIsOfTheLastSeconds(t *testing.T) {
	var p pace
	now := time.Unix(0, 0)
	for i := range 60 {
		now = now.Add(time.Second)
		p.note(now, int64(min(i, 30)*100))
	}
	if got := p.perS(); got.Or(-1) != 0 || len(p.at) > 12 {
		t.Errorf("%v of %d points", got, len(p.at))
	}
	p.note(now.Add(time.Second), 5)
	if p.perS().Known() {
		t.Error("a count that began anew has a rate at once")
	}
}
