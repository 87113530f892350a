package ui

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var plan = record.Plan{Scenarios: []record.PlannedScenario{{Name: "ttft", ExpectedS: 60}}}

// told drives a progress display through a short run.
func told(p Progress, pause func()) {
	p.Notify(bench.Event{Kind: bench.EventPreflight, Engine: "vllm"})
	p.Notify(bench.Event{Kind: bench.EventPreflight, Engine: "tgi", Finding: &record.Finding{Message: "refused\x1b[2J", Remedy: "start it"}})
	p.Notify(bench.Event{Kind: bench.EventScenario, Scenario: "ttft"})
	p.Notify(bench.Event{Kind: bench.EventRequest, Engine: "vllm", Sample: &record.Sample{Status: record.StatusOK}})
	p.Notify(bench.Event{Kind: bench.EventRequest, Engine: "vllm", Sample: &record.Sample{Status: record.StatusReset}})
	pause()
	p.Log("warning: %s", "something")
	p.Close(true)
}

func TestLinesWhereNothingMayMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		told(NewProgress(&out, false, plan), func() { time.Sleep(25 * time.Second); synctest.Wait() })
		want := "vllm: ready\ntgi: cannot be measured: refused [2J; start it\nttft: started, about 1m0s\n" +
			"ttft: vllm: 2 requests, 1 failed\nttft: vllm: 2 requests, 1 failed\nwarning: something\nttft: done, 2 requests, 1 failed\n"
		if out.String() != want {
			t.Errorf("got\n%s\nwant\n%s", out.String(), want)
		}
	})
}

func TestProgressOfAnOpenLoopIsOfItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCounts(record.Plan{Scenarios: []record.PlannedScenario{
			{Name: "open", Shape: record.Shape{Arrival: "poisson"}, Requests: 2, ExpectedS: 60},
		}}, "open")
		c.take(bench.Event{Kind: bench.EventRequest, Sample: &record.Sample{Status: record.StatusOK}})
		c.take(bench.Event{Kind: bench.EventDropped})
		time.Sleep(15 * time.Second)
		if text, share, left := c.text(), c.share(), c.left(); text != "1 requests, 1 dropped" || share != 0.25 || left != 45*time.Second {
			t.Errorf("%q, %g done, %v left", text, share, left)
		}
	})
}

// locked is a buffer that the bars' goroutine may write to.
type locked struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func TestBarsEndWithTheirRun(t *testing.T) {
	var out locked
	told(NewProgress(&out, true, plan), func() { time.Sleep(300 * time.Millisecond) })
	out.mu.Lock()
	defer out.mu.Unlock()
	for _, want := range []string{"vllm: ready", "warning: something", "2 requests"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in %q", want, out.String())
		}
	}
}
