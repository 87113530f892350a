package ui

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plan has a sequential scenario and a load, for two engines.
var plan = record.Plan{
	Engines: []record.EngineInfo{{Engine: "vllm"}, {Engine: "tgi"}}, ExpectedS: 100,
	Scenarios: []record.PlannedScenario{
		{Name: "ttft", Kind: record.KindTTFT, Shape: record.Shape{Arrival: record.ArrivalSequential}, Requests: 90, WarmupRequests: 10, ExpectedS: 60},
		{Name: "heavy", Kind: record.KindLoad, Shape: record.Shape{Arrival: record.ArrivalUsers, Users: 5, DurationS: 20, Rounds: 1}, ExpectedS: 40},
	},
}

// request is the end of a measured request.
func request(engine string, status record.Status, ttft float64) bench.Event {
	return bench.Event{Kind: bench.EventRequest, Engine: engine, Sample: &record.Sample{
		Engine: engine, Status: status, Phase: record.PhaseMeasure, Attempt: 1,
		TTFTMS: record.Some(ttft), E2EMS: record.Some(ttft * 5), OutputTokens: record.Some(int64(10)),
	}}
}

// told drives a progress display through a short run.
func told(p Progress, pause func()) {
	p.Notify(bench.Event{Kind: bench.EventPreflight, Engine: "vllm"})
	p.Notify(bench.Event{Kind: bench.EventPreflight, Engine: "tgi", Finding: &record.Finding{Message: "refused\x1b[2J", Remedy: "start it"}})
	p.Notify(bench.Event{Kind: bench.EventScenario, Scenario: "ttft"})
	p.Notify(bench.Event{Kind: bench.EventBlock, Scenario: "ttft", Engine: "vllm", Total: 90})
	for i := range 49 {
		p.Notify(request("vllm", record.StatusOK, 40+float64(i)))
	}
	p.Notify(request("vllm", record.StatusReset, 1))
	pause()
	p.Log("warning: %s", "something")
	p.Close(true)
	p.Close(false)
}

func TestLinesWhereNothingMayMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := NewProgress(t.Context(), ProgressOptions{Out: &out, Plan: plan})
		told(p, func() { time.Sleep(25 * time.Second); synctest.Wait() })
		at := func(s int) string { return time.Now().Add(time.Duration(s-25)*time.Second).Format(time.TimeOnly) + " " }
		want := at(0) + "vllm: ready\n" + at(0) + "tgi: cannot be measured: refused [2J; start it\n" + at(0) + "ttft: started, about 30s\n" +
			at(10) + "ttft 50%: vllm 50 done, ttft p50 64.0 ms, 1 failed (reset=1); about 30s left\n" +
			at(20) + "ttft 50%: vllm 50 done, ttft p50 64.0 ms, 1 failed (reset=1); about 40s left\n" +
			at(25) + "warning: something\n" + at(25) + "ttft: done in 25s, 50 requests, 1 failed\n"
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// console is a pseudo-terminal whose screen is gathered.
type console struct {
	user, program *os.File
	mu            sync.Mutex
	seen          bytes.Buffer
	gone          chan struct{}
}

func newConsole(t *testing.T) *console {
	t.Helper()
	user, program, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	if err := pty.Setsize(program, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	c := &console{user: user, program: program, gone: make(chan struct{})}
	go func() { defer close(c.gone); io.Copy(c, user) }() //nolint:errcheck // it ends with the terminal
	t.Cleanup(func() {
		program.Close() //nolint:errcheck,gosec // nobody uses it any more
		user.Close()    //nolint:errcheck,gosec // as above
		<-c.gone
	})
	return c
}

// Write takes what the program drew.
func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen.Write(p)
}

func (c *console) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen.String()
}

// await waits until the program has drawn a text.
func (c *console) await(t *testing.T, text string) {
	t.Helper()
	for range 1000 {
		if strings.Contains(c.text(), text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%q is not drawn in %q", text, c.text())
}

func (c *console) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := c.user.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

func TestALiveViewEndsWithItsRun(t *testing.T) {
	c := newConsole(t)
	p := NewProgress(t.Context(), ProgressOptions{Name: "nightly", In: c.program, Out: c.program, Live: true, Plan: plan})
	told(p, func() { c.await(t, "50/100") })
	c.await(t, "ttft: done in")
	for _, want := range []string{"nightly", "vllm: ready", "cannot be measured: refused [2J", "scenario 1 of 2: ttft", "warning: something", "reset=1", "left out"} {
		if !strings.Contains(c.text(), want) {
			t.Errorf("%q is missing in %q", want, c.text())
		}
	}
	if strings.Contains(c.text(), "\x1b[2Jx") {
		t.Error("an escape of an engine reached the terminal")
	}
}

func TestKeysSkipAndStop(t *testing.T) {
	c := newConsole(t)
	skipped, stopped := make(chan string, 1), make(chan struct{}, 1)
	p := NewProgress(t.Context(), ProgressOptions{
		Name: "nightly", In: c.program, Out: c.program, Live: true, Plan: plan,
		Skip: func(scenario string) bool { skipped <- scenario; return true },
		Stop: func() { stopped <- struct{}{} },
	})
	c.await(t, "nightly")
	c.press(t, "s")
	c.await(t, "no scenario is under way")
	p.Notify(bench.Event{Kind: bench.EventScenario, Scenario: "ttft"})
	c.await(t, "scenario 1 of 2")
	c.press(t, "?")
	c.await(t, "confidence interval")
	c.press(t, "s")
	if name := <-skipped; name != "ttft" {
		t.Errorf("%q is skipped", name)
	}
	c.press(t, "\x03")
	<-stopped
	c.await(t, "stopping")
	p.Close(false)
	p.Log("afterwards")
	c.await(t, "afterwards")
}
