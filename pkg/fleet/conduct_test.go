package fleet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

const mixed = `
test_scenarios:
  ttft: {iterations: 4, warmup_iterations: 1, max_tokens: 4}
  load_tests:
    - {name: users, concurrent_users: 5, duration_seconds: 0.8, warmup_seconds: 0.2, max_tokens: 8}
    - {name: rate, arrival: poisson, rate_per_s: 40, duration_seconds: 0.8, max_in_flight: 100, max_tokens: 8}
generation: {max_tokens: 8}
`

// everything fails the test unless the sink holds exactly what the engine logged,
// request for request and token for token.
func everything(t *testing.T, s *stage, g *gathered) {
	t.Helper()
	truths := s.truths(t)
	if len(truths) != len(g.samples) || g.twice > 0 {
		t.Errorf("the engine had %d requests, and %d came in, %d of them twice", len(truths), len(g.samples), g.twice)
	}
	for id, sample := range g.samples {
		tokens, known := truths[id]
		if !known || sample.OutputTokens.Or(-1) != int64(tokens) {
			t.Errorf("%s: %d tokens, and the engine gave %d (known %t)", id, sample.OutputTokens.Or(-1), tokens, known)
		}
	}
}

func TestWorkersMeasureWhatTheEngineSaw(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 3} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s, g := newStage(t, n, mixed), newGathered()
			out, err := s.conduct(t.Context(), g)
			if err != nil {
				t.Fatal(err)
			}
			everything(t, s, g)
			if len(out.Workers) != n || len(out.Engines) != 1 || out.Engines[0].Version == "" {
				t.Errorf("outcome %+v", out)
			}
			for _, w := range out.Workers {
				low, high := w.OffsetLowMS.Or(1e9), w.OffsetHighMS.Or(-1e9)
				if !w.Done || w.Lost != "" || w.Samples == 0 || low > 0 || high < 0 || w.OffsetMS.Or(1e9) > high {
					t.Errorf("worker %+v", w)
				}
			}
			perBlock(t, g, n)
		})
	}
}

// perBlock looks at what workers share: blocks of one scenario begin together, and
// the requests that go out one at a time are the first worker's.
func perBlock(t *testing.T, g *gathered, n int) {
	t.Helper()
	byScenario := map[string][]record.Block{}
	for _, b := range g.blocks {
		byScenario[b.Scenario] = append(byScenario[b.Scenario], b)
		if !b.Done || b.Interrupted {
			t.Errorf("block %+v", b)
		}
	}
	for scenario, want := range map[string]int{"ttft": 1, "users": n, "rate": n} {
		blocks := byScenario[scenario]
		if len(blocks) != want {
			t.Errorf("%s has %d blocks, want %d", scenario, len(blocks), want)
		}
		for _, b := range blocks {
			if d := b.StartMS - blocks[0].StartMS; d > 500 || d < -500 {
				t.Errorf("%s: two workers began %g ms apart", scenario, d)
			}
		}
	}
	for _, s := range g.server {
		if s.Block == "" || strings.Contains(s.Block, "-w") {
			t.Errorf("a reading of block %q", s.Block)
		}
	}
}

const lasting = `
test_scenarios:
  ttft: {enabled: false}
  load_tests: [{name: users, concurrent_users: 6, duration_seconds: 2, max_tokens: 8}, {name: more, concurrent_users: 3, duration_seconds: 0.5, max_tokens: 8}]
`

func TestALostWorkerIsToldAndItsSamplesAreKept(t *testing.T) {
	t.Parallel()
	s, g := newStage(t, 3, lasting), newGathered()
	go func() {
		for g.count() < 60 {
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(1200 * time.Millisecond)
		s.lose(1, "Evicted: the node was low on memory")
	}()
	out, err := s.conduct(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range out.Workers {
		if lost := w.Lost != ""; lost != (i == 1) || w.Done == lost || w.Samples == 0 {
			t.Errorf("worker %+v", w)
		}
	}
	if !strings.Contains(out.Workers[1].Lost, "low on memory") {
		t.Errorf("lost: %q", out.Workers[1].Lost)
	}
	if _, ran := g.blocks["1-vllm-0-w0"]; !ran {
		t.Error("the others did not go on")
	}
}

// The caller is killed, and another one takes the run up from the logs alone.
func TestAnotherCallerTakesARunUp(t *testing.T) {
	t.Parallel()
	s := newStage(t, 2, lasting)
	s.leaderless(40)
	g := newGathered()
	out, err := s.conduct(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	everything(t, s, g)
	for _, w := range out.Workers {
		if !w.Done || !w.OffsetHighMS.Known() || !w.OffsetMS.Known() {
			t.Errorf("worker %+v", w)
		}
	}
	if _, ran := g.blocks["1-vllm-0-w1"]; !ran {
		t.Error("the second block was not begun")
	}
}

// The API server is away for a while: logs break off, and are read again.
func TestAnOutageCostsNothing(t *testing.T) {
	t.Parallel()
	s, g := newStage(t, 2, lasting), newGathered()
	go func() {
		for g.count() < 40 {
			time.Sleep(5 * time.Millisecond)
		}
		s.set(errors.New("connection refused"))
		time.Sleep(1500 * time.Millisecond)
		s.set(nil)
	}()
	out, err := s.conduct(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	everything(t, s, g)
	for _, w := range out.Workers {
		if !w.Done {
			t.Errorf("worker %+v", w)
		}
	}
}

func (s *stage) set(refuse error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = refuse
}

// What was rotated away before anybody read it is counted, and the rest kept.
func TestARotatedLogIsPartial(t *testing.T) {
	t.Parallel()
	s, g := newStage(t, 1, lasting), newGathered()
	if _, err := s.conduct(t.Context(), newGathered()); err != nil {
		t.Fatal(err)
	}
	log := s.pods[0].log.from(0)
	s.pods[0].forget = len(log) / 2
	out, err := s.conduct(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	if w := out.Workers[0]; w.Done || w.MissingLines < 2 || w.Samples == 0 || bytes.Count(log, []byte("\n")) < 4 {
		t.Errorf("worker %+v", w)
	}
}

func TestAnInterruptStopsAndKeeps(t *testing.T) {
	t.Parallel()
	s, g := newStage(t, 2, lasting), newGathered()
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		for g.count() < 40 {
			time.Sleep(5 * time.Millisecond)
		}
		interrupt()
	}()
	out, err := s.conduct(ctx, g, func(o *Options) {
		o.Stop = func(context.Context) error {
			for _, p := range s.pods {
				p.kill()
			}
			return nil
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	everythingButCancelled(t, s, g)
	for _, w := range out.Workers {
		if !w.Done {
			t.Errorf("worker %+v", w)
		}
	}
}

// everythingButCancelled is everything for requests that came to their end.
func everythingButCancelled(t *testing.T, s *stage, g *gathered) {
	t.Helper()
	truths := s.truths(t)
	for id, sample := range g.samples {
		if tokens := truths[id]; sample.Status == record.StatusOK && sample.OutputTokens.Or(-1) != int64(tokens) {
			t.Errorf("%s: %d tokens, and the engine gave %d", id, sample.OutputTokens.Or(-1), tokens)
		}
	}
}

func TestWhatCannotStartIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*stage)
		says   string
	}{
		"a quota": {func(s *stage) {
			s.pods = nil
			s.troubles = []Trouble{{Object: "llmbench", Reason: "FailedCreate", Message: "exceeded quota: pods, requested: pods=1", Hopeless: true}}
		}, "exceeded quota"},
		"an image": {func(s *stage) {
			s.pods[1].Begun, s.pods[1].Hopeless, s.pods[1].Why = false, true, "ImagePullBackOff: no such tag"
		}, "no such tag"},
		"a crash": {func(s *stage) { s.lose(1, "Error: exit code 2") }, "exit code 2"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, 2, lasting)
			pods := s.pods
			t.Cleanup(func() { s.pods = pods })
			c.change(s)
			begin := time.Now()
			_, err := s.conduct(t.Context(), newGathered())
			if !errors.Is(err, ErrNotStarted) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v", err)
			}
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestWorkersThatNeverComeAreGivenUp(t *testing.T) {
	t.Parallel()
	s := newStage(t, 2, lasting)
	s.pods[1].Begun, s.pods[1].Why = false, "Unschedulable: 0/3 nodes are available"
	var said []string
	_, err := s.conduct(t.Context(), newGathered(), func(o *Options) {
		o.StartTimeout = 1500 * time.Millisecond
		o.Say = func(text string) { said = append(said, text) }
	})
	if !errors.Is(err, ErrNotStarted) || !strings.Contains(err.Error(), "0/3 nodes") || len(said) == 0 || !strings.Contains(said[0], "0/3 nodes") {
		t.Errorf("error %v; said %q", err, said)
	}
}
