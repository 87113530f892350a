package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// samples is a bench.Sink that keeps what it gets.
type samples struct {
	mu  sync.Mutex
	all []record.Sample
}

func (s *samples) Sample(v record.Sample) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, v)
}

func (*samples) Block(record.Block) {}

func (*samples) Server(record.ServerSample) {}

// measured reads floods as a run of the plugin does.
func measured(ctx context.Context, url string, streams int) (int64, error) {
	all, err := load(ctx, url, streams, time.Hour, wire.Options{}, false)
	if err != nil {
		return 0, err
	}
	var frames int64
	for _, s := range all {
		frames += s.Frames
	}
	return frames, nil
}

// load runs users against one vLLM endpoint until the time or ctx is over.
func load(ctx context.Context, url string, users int, length time.Duration, opts wire.Options, keepFrames bool) ([]record.Sample, error) {
	return runConfig(ctx, url, fmt.Sprintf(loadConfig, users, length.Seconds(), keepFrames), opts)
}

// runConfig runs a configuration against one vLLM endpoint, as a run of the
// plugin does, and returns its samples.
func runConfig(ctx context.Context, url, yaml string, opts wire.Options) ([]record.Sample, error) {
	target, err := bench.NewTarget("vllm", engine.VLLM, url, "manual", opts)
	if err != nil {
		return nil, err
	}
	defer target.Close()
	loaded, err := config.Load([]config.Source{{Name: "bench", Data: []byte(yaml)}}, "")
	if err != nil {
		return nil, err
	}
	sink := &samples{}
	o := bench.Options{
		Config: loaded.Config, Targets: []*bench.Target{target}, Prompts: prompt.New(nil, prompt.Options{PrefixCache: prompt.Bust}),
		Start: time.Now(), RunID: fmt.Sprintf("bench-%d", time.Now().UnixNano()), Sink: sink,
	}
	ready, findings := bench.Preflight(context.WithoutCancel(ctx), o)
	if len(ready) == 0 {
		return nil, fmt.Errorf("preflight: %v", findings)
	}
	if err := bench.Run(ctx, o); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, err
	}
	return sink.all, nil
}

const loadConfig = `
test_scenarios:
  ttft: {enabled: false}
  load_tests:
    - {name: bench, concurrent_users: %d, duration_seconds: %g, max_tokens: 64}
output: {record_frames: %v}
prompts: {categories: [short]}
`
