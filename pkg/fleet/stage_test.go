package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/simulated"
)

// stage is a cluster of this process: its pods are real workers that send over
// loopback, each with a log that can be followed and orders that it reads.
type stage struct {
	t     *testing.T
	plan  Plan
	truth *lockedBuffer

	mu   sync.Mutex
	pods []*stagedPod
	// refuse fails what is asked of the cluster.
	refuse error
	// troubles are what the cluster has to say.
	troubles []Trouble
	// delay is how long orders take to be seen.
	delay time.Duration
	ends  sync.WaitGroup
}

// stagedPod is one worker with what a kubelet keeps of it.
type stagedPod struct {
	Pod
	log    *lockedBuffer
	orders []byte
	kill   context.CancelFunc
	// forget is how many bytes of the log's begin were rotated away.
	forget int
}

// lockedBuffer is written and read at once.
type lockedBuffer struct {
	mu   sync.Mutex
	b    bytes.Buffer
	dead bool // what is written after a kill is lost
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return len(p), nil
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) from(n int) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.b.Bytes()[min(n, l.b.Len()):])
}

// newStage serves a simulated engine and readies workers that will measure it.
func newStage(t *testing.T, workers int, yaml string, faults ...simulate.Fault) *stage {
	t.Helper()
	return newStageWith(t, workers, yaml, simulate.Profile{
		PrefillTokensPerS: 1e5, FirstTokenOverhead: time.Millisecond, StepBase: 2 * time.Millisecond, Slots: 64, QueueLimit: -1, KVTokens: 1 << 20,
	}, faults...)
}

// newStageWith is newStage with an engine that is as quick as p says.
func newStageWith(t *testing.T, workers int, yaml string, p simulate.Profile, faults ...simulate.Fault) *stage {
	t.Helper()
	s := &stage{t: t, truth: &lockedBuffer{}}
	url := simulated.Serve(t, simulate.Options{Engine: "vllm", Seed: 1, Truth: s.truth, Faults: faults, Profile: p})
	loaded, err := config.Load([]config.Source{{Name: "test", Data: []byte(yaml)}}, "")
	if err != nil {
		t.Fatal(err)
	}
	info := record.EngineInfo{Engine: "vllm", Kind: "vllm", Via: "cluster-dns"}
	s.plan = Plan{
		Run: record.Run{
			SchemaVersion: record.SchemaVersion, RunID: "20261125t000000-abcdef", StartedAt: time.Now(), Config: yaml,
			Plan: bench.Plan(loaded.Config, []record.EngineInfo{info}, 7), Environment: record.Environment{Engines: []record.EngineInfo{info}},
		},
		Workers: workers, Engines: []Engine{{Name: "vllm", Kind: "vllm", URL: url, Via: "cluster-dns", Info: info}},
	}
	for i := range workers {
		s.pods = append(s.pods, s.pod(i, loaded.Config))
	}
	t.Cleanup(func() {
		for _, p := range s.pods {
			p.kill()
		}
		s.ends.Wait()
	})
	return s
}

// pod starts a worker.
func (s *stage) pod(index int, cfg config.Config) *stagedPod {
	ctx, kill := context.WithCancel(context.Background())
	p := &stagedPod{Pod: Pod{Name: fmt.Sprintf("pod-%d", index), Worker: index, Node: fmt.Sprintf("n%d", index), Begun: true}, log: &lockedBuffer{}, kill: kill}
	e := s.plan.Engines[0]
	target, err := bench.NewTarget(e.Name, engine.Kind(e.Kind), e.URL, e.Via, wire.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.ends.Go(func() {
		defer target.Close()
		defer kill()
		err := Work(ctx, WorkOptions{
			Plan: s.plan, Index: index, Log: p.log,
			Orders: func() ([]byte, error) { return s.ordersOf(p), nil },
			Bench:  bench.Options{Config: cfg, Targets: []*bench.Target{target}, Prompts: prompt.New(nil, prompt.Options{Seed: 7, Nonce: s.plan.Run.RunID, PrefixCache: prompt.Bust})},
		})
		s.mu.Lock()
		defer s.mu.Unlock()
		p.Ended = true
		if err != nil {
			p.Why = err.Error()
		}
	})
	return p
}

func (s *stage) ordersOf(p *stagedPod) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.orders
}

// lose ends a pod as a kill does: nothing that it says from then on is kept.
func (s *stage) lose(index int, why string) {
	s.mu.Lock()
	p := s.pods[index]
	p.Ended, p.Why = true, why
	s.mu.Unlock()
	p.log.mu.Lock()
	p.log.dead = true
	p.log.mu.Unlock()
	p.kill()
}

// List implements Pods.
func (s *stage) List(context.Context) ([]Pod, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Pod
	for _, p := range s.pods {
		pod := p.Pod
		pod.Lead = leadOf(string(p.orders))
		all = append(all, pod)
	}
	return all, s.refuse
}

// Troubles implements Pods.
func (s *stage) Troubles(context.Context) ([]Trouble, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.troubles, s.refuse
}

// Order implements Pods.
func (s *stage) Order(_ context.Context, pod string, orders []byte) error {
	time.Sleep(s.delay)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pods {
		if p.Name == pod {
			p.orders = orders
			return s.refuse
		}
	}
	return errors.New("no such pod")
}

// Log implements Pods.
func (s *stage) Log(ctx context.Context, pod string) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pods {
		if p.Name == pod {
			return &followed{ctx: ctx, s: s, p: p, at: p.forget, closed: make(chan struct{})}, s.refuse
		}
	}
	return nil, errors.New("no such pod")
}

// followed is a log as it is followed.
type followed struct {
	ctx    context.Context //nolint:containedctx // it is the request's
	s      *stage
	p      *stagedPod
	at     int
	closed chan struct{}
	once   sync.Once
}

// Read implements io.Reader.
func (f *followed) Read(into []byte) (int, error) {
	for {
		f.s.mu.Lock()
		ended, broken := f.p.Ended, f.s.refuse
		f.s.mu.Unlock()
		if broken != nil {
			return 0, broken
		}
		if n := copy(into, f.p.log.from(f.at)); n > 0 {
			f.at += n
			return n, nil
		}
		if ended {
			return 0, io.EOF
		}
		select {
		case <-f.ctx.Done():
			return 0, f.ctx.Err()
		case <-f.closed:
			return 0, io.ErrClosedPipe
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Close implements io.Closer.
func (f *followed) Close() error { f.once.Do(func() { close(f.closed) }); return nil }

// gathered is a bench.Sink.
type gathered struct {
	mu      sync.Mutex
	samples map[string]record.Sample
	twice   int
	blocks  map[string]record.Block
	server  []record.ServerSample
}

func newGathered() *gathered {
	return &gathered{samples: map[string]record.Sample{}, blocks: map[string]record.Block{}}
}

func (g *gathered) Sample(s record.Sample) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, known := g.samples[s.RequestID]; known {
		g.twice++
	}
	g.samples[s.RequestID] = s
}

func (g *gathered) Block(b record.Block) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.blocks[b.ID] = b
}

func (g *gathered) Server(s record.ServerSample) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.server = append(g.server, s)
}

func (g *gathered) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.samples)
}

// truths are the requests that the engine itself logged, by their names.
func (s *stage) truths(t *testing.T) map[string]int {
	t.Helper()
	all := map[string]int{}
	for text := range bytes.Lines(s.truth.from(0)) {
		var line struct {
			RequestID    string `json:"request_id"`
			OutputTokens int    `json:"output_tokens"`
		}
		if err := json.Unmarshal(text, &line); err != nil {
			t.Fatal(err)
		}
		if _, known := all[line.RequestID]; known {
			t.Errorf("two requests are named %s", line.RequestID)
		}
		all[line.RequestID] = line.OutputTokens
	}
	return all
}

// conduct runs the stage's workers.
func (s *stage) conduct(ctx context.Context, sink bench.Sink, change ...func(*Options)) (Outcome, error) {
	o := Options{Pods: s, Plan: s.plan, Sink: sink, Say: func(text string) { s.t.Log(text) }, StartTimeout: time.Minute}
	for _, c := range change {
		c(&o)
	}
	return Conduct(ctx, o)
}

// leaderless leads the stage's workers until so many samples have come in, and is
// killed then: it has no Stop, for which there is no time.
func (s *stage) leaderless(samples int) {
	s.t.Helper()
	ctx, kill := context.WithCancel(s.t.Context())
	defer kill()
	first := newGathered()
	go func() {
		for first.count() < samples {
			time.Sleep(5 * time.Millisecond)
		}
		kill()
	}()
	if _, err := s.conduct(ctx, first); !errors.Is(err, context.Canceled) {
		s.t.Fatal(err)
	}
}
