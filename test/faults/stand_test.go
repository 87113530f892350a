package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// The requests of a stand: healthy ones stand before, between and after those
// that are struck.
const requests = 7

func isStruck(seq int64) bool { return seq == 2 || seq == 4 }

// token is a credential that must reach the engine and nobody else.
const token = "planted-secret-7f3a"

const setting = `
test_scenarios: {ttft: {iterations: 7, warmup_iterations: 0, max_tokens: 24}, load_tests: []}
timeouts: %s
`

// Where a timeout is what is waited for it is short; everywhere else it is longer
// than a busy machine takes for a giant frame.
const (
	impatient = "{connect_seconds: 2, first_token_seconds: 2.5, stall_seconds: 2, total_seconds: 4}"
	patient   = "{connect_seconds: 30, first_token_seconds: 40, stall_seconds: 40, total_seconds: 60}"
)

func settingFor(f fault, kind engine.Kind) string {
	timeouts := patient
	if strings.HasPrefix(string(f.class(kind)), "timeout") {
		timeouts = impatient
	}
	return fmt.Sprintf(setting, timeouts)
}

// deadline is long after every timeout of a stand: one that is still running
// then hangs.
const deadline = 90 * time.Second

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// stand is one engine behind a proxy, and the client's end.
type stand struct {
	t     *testing.T
	proxy *proxy
	dial  atomic.Pointer[dialer]
	truth lockedBuffer
	stop  func()
	sink  sink
	// found counts findings by what they are, once the run has ended.
	found map[string]int
}

func newStand(t *testing.T, kind engine.Kind, f fault, ids *identities) *stand {
	t.Helper()
	s := &stand{t: t, found: map[string]int{}, proxy: &proxy{kind: kind, oneShot: f.dial != nil || f.show != nil}}
	s.start()
	t.Cleanup(func() { s.stop() })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.proxy.listener = ln
	if f.show != nil {
		s.proxy.tls = ids.of()
	}
	s.proxy.serve()
	t.Cleanup(s.proxy.close)
	return s
}

// start begins the engine, at an address of its own.
func (s *stand) start() {
	simulated := string(s.proxy.kind)
	if s.proxy.kind == engine.OpenAI {
		simulated = "vllm"
	}
	server, err := simulate.New(simulate.Options{Engine: simulated, Seed: 1, Truth: &s.truth, Profile: simulate.Profile{
		PrefillTokensPerS: 1e5, FirstTokenOverhead: time.Millisecond, StepBase: 3 * time.Millisecond,
		LoadTime: time.Millisecond, Slots: 8, QueueLimit: -1, KVTokens: 1 << 16, ContextLength: 4096,
	}})
	if err != nil {
		s.t.Error(err)
		return
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Error(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan struct{})
	go func() { defer close(gone); server.Serve(ctx, ln) }() //nolint:errcheck,gosec // its end is awaited
	address := ln.Addr().String()
	s.proxy.upstream.Store(&address)
	s.stop = func() { cancel(); <-gone }
}

// restart ends the engine, as a crash does, and begins it anew.
func (s *stand) restart() { s.stop(); s.start() }

func (s *stand) target(ids *identities) *bench.Target {
	s.t.Helper()
	scheme := "http"
	if s.proxy.tls != nil {
		scheme = "https"
	}
	opts := wire.Options{ConnectTimeout: 2 * time.Second, CAPEM: ids.caPEM, Token: token, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if d := s.dial.Load(); d != nil {
			return (*d)(ctx, network, address)
		}
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}}
	target, err := bench.NewTarget(string(s.proxy.kind), s.proxy.kind, scheme+"://"+s.proxy.listener.Addr().String(), "manual", opts)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(target.Close)
	return target
}

// run measures, and strikes the requests that are to be struck.
func (s *stand) run(f fault, ids *identities) []record.Sample {
	s.t.Helper()
	loaded, err := config.Load([]config.Source{{Name: "test", Data: []byte(settingFor(f, s.proxy.kind))}}, "")
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), deadline)
	defer cancel()
	o := bench.Options{
		Config: loaded.Config, Targets: []*bench.Target{s.target(ids)}, Seed: 1, Start: time.Now(), RunID: "run", Sink: &s.sink,
		Prompts: prompt.New(nil, prompt.Options{Seed: 1, PrefixCache: prompt.Bust}),
	}
	ready, findings := bench.Preflight(ctx, o)
	if len(ready) != 1 {
		s.t.Fatalf("preflight refuses a healthy engine: %+v", findings)
	}
	var mu sync.Mutex
	o.Notify = func(e bench.Event) {
		if e.Kind == bench.EventFinding {
			mu.Lock()
			s.found[e.Finding.ID]++
			mu.Unlock()
		}
		if e.Kind == bench.EventRequest && e.Scenario == bench.TTFTScenario {
			s.arm(f, e.Sample.Seq+1)
		}
	}
	if err := bench.Run(ctx, o); err != nil {
		s.t.Fatalf("the run: %v", err)
	}
	return s.sink.measured()
}

// arm decides what becomes of a request that is about to be sent.
func (s *stand) arm(f fault, seq int64) {
	s.dial.Store(nil)
	s.proxy.strike.Store(nil)
	if s.proxy.tls != nil {
		s.proxy.tls.shown.Store(&s.proxy.tls.good)
	}
	switch {
	case !isStruck(seq):
	case f.dial != nil:
		s.dial.Store(&f.dial)
	case f.show != nil:
		s.proxy.tls.shown.Store(f.show(s.proxy.tls))
	case f.restart:
		hit := strike(func(v *victim) { v.cutShort(s.restart) })
		s.proxy.strike.Store(&hit)
	default:
		s.proxy.strike.Store(&f.strike)
	}
}

// truths are what the engine says it did, by request.
func (s *stand) truths() map[string]truth {
	s.t.Helper()
	all := map[string]truth{}
	for line := range bytes.Lines(s.truth.bytes()) {
		var one truth
		if err := json.Unmarshal(line, &one); err != nil {
			s.t.Fatalf("truth log: %v", err)
		}
		all[one.RequestID] = one
	}
	return all
}

type truth struct {
	RequestID    string  `json:"request_id"`
	FramesNS     []int64 `json:"frames_ns"`
	OutputTokens int64   `json:"output_tokens"`
	Outcome      string  `json:"outcome"`
}

// intact checks that a healthy request was measured as the engine saw it.
func intact(sample record.Sample, told truth) error {
	n, counted := sample.OutputTokens.Get()
	switch {
	case sample.Status != record.StatusOK:
		return fmt.Errorf("a healthy request is %s: %+v", sample.Status, sample.Error)
	case told.Outcome != "complete":
		return fmt.Errorf("the engine says of a healthy request: %s", told.Outcome)
	case !counted || n != told.OutputTokens:
		return fmt.Errorf("%d tokens measured, the engine made %d", n, told.OutputTokens)
	case sample.Frames != int64(len(told.FramesNS)):
		return fmt.Errorf("%d frames measured, the engine sent %d", sample.Frames, len(told.FramesNS))
	case !sample.TTFTMS.Known() || !sample.E2EMS.Known() || sample.TTFTMS.Or(0) > sample.E2EMS.Or(0):
		return fmt.Errorf("TTFT %v, E2E %v", sample.TTFTMS, sample.E2EMS)
	}
	return nil
}

// lockedBuffer is a log that many write and one reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.b.Bytes())
}

// sink keeps the samples of a run.
type sink struct {
	mu      sync.Mutex
	samples []record.Sample
}

func (k *sink) Sample(s record.Sample) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.samples = append(k.samples, s)
}
func (*sink) Block(record.Block)         {}
func (*sink) Server(record.ServerSample) {}

func (k *sink) measured() (all []record.Sample) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.samples {
		if s.Scenario == bench.TTFTScenario {
			all = append(all, s)
		}
	}
	return all
}
