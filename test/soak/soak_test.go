package soak

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// mostKept bounds what stays in memory of each request, in bytes: the summary
// keeps a row of it, whose columns double as they grow.
const mostKept = 2 << 10

// perConnection bounds what both ends of a connection hold, in bytes. Each engine
// in turn opens as many as there are users, so a short load is mostly that.
const perConnection = 64 << 10

// figures are what must not grow.
type figures struct {
	requests   int64
	heap       uint64 // in use, in bytes
	goroutines int
	files      int // open, sockets among them; 0 where the system does not tell
}

func (f figures) String() string {
	return fmt.Sprintf("%8d requests  %6.1f MiB heap  %5d goroutines  %5d files", f.requests, float64(f.heap)/(1<<20), f.goroutines, f.files)
}

func look(requests int64) figures {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, _ := os.ReadDir("/proc/self/fd") //nolint:errcheck // not every system has it
	return figures{requests: requests, heap: m.HeapAlloc, goroutines: runtime.NumGoroutine(), files: len(files)}
}

// setting is how long and how heavy the load is.
func setting(t *testing.T) (length time.Duration, users int) {
	t.Helper()
	text := os.Getenv("LLMBENCH_SOAK")
	if text == "" {
		return 4 * time.Second, 50
	}
	length, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("LLMBENCH_SOAK=%q: %v", text, err)
	}
	return length, 200
}

func TestNothingGrowsUnderALongLoad(t *testing.T) {
	length, users := setting(t)
	kinds := []engine.Kind{engine.VLLM, engine.TGI, engine.Ollama}
	before := look(0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	targets, end := engines(ctx, t, kinds)
	o, requests, closeRecorder := options(t, targets, length/time.Duration(len(kinds)), users)
	series := watch(ctx, t, length, requests)
	if err := bench.Run(ctx, o); err != nil {
		t.Fatal(err)
	}
	closeRecorder()
	cancel()
	seen := series()
	end()
	judge(t, before, seen, settled(before, requests.Load()), int64(users*len(kinds)*perConnection))
}

// engines starts the simulators; end waits until nothing of them is left.
func engines(ctx context.Context, t *testing.T, kinds []engine.Kind) (targets []*bench.Target, end func()) {
	t.Helper()
	var gone []chan struct{}
	for _, kind := range kinds {
		server, err := simulate.New(simulate.Options{Engine: string(kind), Seed: 1, Profile: simulate.Profile{
			PrefillTokensPerS: 1e6, FirstTokenOverhead: time.Millisecond, StepBase: 5 * time.Millisecond, LoadTime: time.Millisecond,
			Slots: 512, QueueLimit: -1, KVTokens: 1 << 20, ContextLength: 4096,
		}})
		if err != nil {
			t.Fatal(err)
		}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { defer close(ended); server.Serve(ctx, ln) }() //nolint:errcheck,gosec // its end is awaited
		target, err := bench.NewTarget(string(kind), kind, "http://"+ln.Addr().String(), "simulate", wire.Options{})
		if err != nil {
			t.Fatal(err)
		}
		target.Model = "simulated/tiny-7b"
		targets, gone = append(targets, target), append(gone, ended)
	}
	return targets, func() {
		for i, target := range targets {
			target.Close()
			<-gone[i]
		}
	}
}

// options is a run into a directory of its own.
func options(t *testing.T, targets []*bench.Target, each time.Duration, users int) (o bench.Options, requests *atomic.Int64, closeRecorder func()) {
	t.Helper()
	yaml := fmt.Sprintf("test_scenarios: {ttft: {enabled: false}, load_tests: [{name: soak, concurrent_users: %d, duration_seconds: %g, max_tokens: 16}]}\n", users, each.Seconds())
	loaded, err := config.Load([]config.Source{{Name: "soak", Data: []byte(yaml)}}, "")
	if err != nil {
		t.Fatal(err)
	}
	var infos []record.EngineInfo
	for _, target := range targets {
		infos = append(infos, target.Info)
	}
	run := record.Run{SchemaVersion: record.SchemaVersion, RunID: "soak", Name: "soak", StartedAt: time.Now(), Plan: bench.Plan(loaded.Config, infos, 1)}
	d, err := report.Create(t.TempDir(), run.Name, run.StartedAt)
	if err != nil {
		t.Fatal(err)
	}
	recorder, err := report.NewRecorder(d, summary.New(run), func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	requests = &atomic.Int64{}
	o = bench.Options{
		Config: loaded.Config, Targets: targets, Seed: 1, Start: run.StartedAt, RunID: run.RunID, Sink: recorder,
		Prompts: prompt.New(nil, prompt.Options{Seed: 1, PrefixCache: prompt.Bust}),
		Notify: func(e bench.Event) {
			if e.Kind == bench.EventRequest {
				requests.Add(1)
				if e.Sample.Status != record.StatusOK && e.Sample.Status != record.StatusCancelled {
					t.Errorf("%s: %+v", e.Sample.Status, e.Sample.Error)
				}
			}
		},
	}
	return o, requests, func() {
		if err := recorder.Close(); err != nil {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

// watch looks at the figures twelve times in the given length, and prints them.
func watch(ctx context.Context, t *testing.T, length time.Duration, requests *atomic.Int64) (series func() []figures) {
	t.Helper()
	const looks = 12
	var seen []figures
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(length / looks)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				f := look(requests.Load())
				t.Log(f)
				seen = append(seen, f)
			}
		}
	}()
	return func() []figures { <-gone; return seen }
}

// settled gives what is ending a moment to end.
func settled(before figures, requests int64) (after figures) {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if after = look(requests); after.goroutines <= before.goroutines && after.files <= before.files {
			break
		}
	}
	return after
}

func judge(t *testing.T, before figures, seen []figures, after figures, connections int64) {
	t.Helper()
	t.Logf("before %v", before)
	t.Logf("after  %v", after)
	if after.goroutines > before.goroutines || after.files > before.files {
		t.Errorf("goroutines or files are left: %v before, %v after", before, after)
	}
	if len(seen) < 6 || after.requests < 100 {
		t.Fatalf("%d looks and %d requests show nothing", len(seen), after.requests)
	}
	early, late := seen[len(seen)/3], seen[len(seen)-1]
	grown, n := int64(late.heap)-int64(early.heap), late.requests-early.requests //nolint:gosec // sizes of a heap
	t.Logf("%d bytes of heap for each of %d requests", grown/max(n, 1), n)
	if grown > connections+n*mostKept {
		t.Errorf("the heap grew by %d bytes over %d requests, more than %d each and %d for connections", grown, n, mostKept, connections)
	}
	most := 0
	for _, f := range seen[:len(seen)/3+1] {
		most = max(most, f.goroutines)
	}
	if late.goroutines > 2*most {
		t.Errorf("goroutines grew from %d to %d", most, late.goroutines)
	}
}
