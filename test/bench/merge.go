package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

const (
	// samplesEach is how many samples each worker sends: a request a second for
	// some minutes.
	samplesEach = 200
	mergedScene = "merged"
)

// mergeFleet reads the logs of many workers as the caller of a run from inside the
// cluster does, sums them up, and prints what that costs. Not one gap may be lost.
func mergeFleet(workers int, gaps int64) error {
	each := gaps / int64(workers)
	sum := summary.New(record.Run{Plan: record.Plan{
		Engines: []record.EngineInfo{{Engine: "vllm"}}, Scenarios: []record.PlannedScenario{{Name: mergedScene, Kind: record.KindLoad}},
	}})
	var written, samples int64
	var reading time.Duration
	for w := range workers {
		log, err := workerLog(w, each)
		if err != nil {
			return err
		}
		written += int64(len(log))
		begin := time.Now()
		n, err := readLog(w, log, sum)
		if err != nil {
			return err
		}
		samples += n
		reading += time.Since(begin)
	}
	begin := time.Now()
	s := sum.Summary()
	summing := time.Since(begin)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	e := s.Scenarios[0].Engines[0]
	if e.Gap == nil || e.Gap.N != each*int64(workers) || e.Requests != samples || samples != int64(workers)*samplesEach {
		return fmt.Errorf("merge %d workers: %+v gaps and %d requests came of %d and %d", workers, e.Gap, e.Requests, each*int64(workers), samples)
	}
	fmt.Printf("\n%d workers, %d samples and %d gaps: logs of %.0f MB read in %.1f s, summed up in %.1f s, %.0f MB held; nothing lost\n",
		workers, samples, e.Gap.N, float64(written)/1e6, reading.Seconds(), summing.Seconds(), float64(memory.HeapAlloc)/1e6)
	alone, err := workerLogOf(0, 0, 20_000)
	if err != nil {
		return err
	}
	block, err := workerLogOf(0, each, 0)
	if err != nil {
		return err
	}
	fmt.Printf("a sample is %.0f bytes of log, a block's state with %d gaps %.1f kB\n", float64(len(alone))/20_000, each, float64(len(block))/1e3)
	return nil
}

func workerLog(worker int, gaps int64) ([]byte, error) { return workerLogOf(worker, gaps, samplesEach) }

// workerLogOf is the log of one worker with one block.
func workerLogOf(worker int, gaps int64, samples int) ([]byte, error) {
	random := rand.New(rand.NewPCG(uint64(worker), 1)) //nolint:gosec // it makes the numbers of a benchmark
	var log bytes.Buffer
	w := fleet.NewWriter(worker, &log)
	for i := range samples {
		w.Sample(mergedSample(worker, i, random))
	}
	if gaps > 0 {
		h := summary.NewGaps()
		const kinds = 2000 // of gaps, each counted often
		for range kinds {
			h.RecordMS(20*random.ExpFloat64(), gaps/kinds)
		}
		h.RecordMS(20, gaps-h.N())
		w.Block(record.Block{
			ID: fmt.Sprintf("0-vllm-0-w%d", worker), Worker: record.Some(int64(worker)), Engine: "vllm", Scenario: mergedScene,
			EndMS: samplesEach * 1000, Done: true, GapHistogram: h.Encode(), ITLHistogram: h.Encode(),
		})
	}
	err := w.Close(fleet.Final{})
	return log.Bytes(), err
}

func mergedSample(worker, i int, random *rand.Rand) record.Sample {
	ttft := 50 + 30*random.Float64()
	return record.Sample{
		RequestID: fmt.Sprintf("20261125t000000-abcdef-vllm-1m1-%d", i*1000+worker), Engine: "vllm", Endpoint: "http://vllm.team-llm.svc:8000",
		Scenario: mergedScene, Phase: record.PhaseMeasure, Seq: int64(i*1000 + worker), Status: record.StatusOK, Attempt: 1,
		ScheduledMS: record.Some(float64(i) * 1000), SentMS: record.Some(float64(i)*1000 + random.Float64()), QueueMS: record.Some(random.Float64()), ConnectMS: record.Some(0.0),
		TTFTMS: record.Some(ttft), TTFAMS: record.Some(ttft), FirstEventMS: record.Some(ttft - 1), TPOTMS: record.Some(20 * random.Float64()),
		E2EMS: record.Some(ttft + 900*random.Float64()), MaxStallMS: record.Some(40 * random.Float64()),
		PromptTokens: record.Some(int64(random.IntN(500))), OutputTokens: record.Some(int64(random.IntN(200))), TokenSource: record.TokensEngine, Frames: 100, Clock: record.ClockKernel,
	}
}

// readLog reads a worker's log into a sum, as fleet.Conduct does.
func readLog(worker int, log []byte, sum *summary.Aggregator) (samples int64, err error) {
	r := fleet.NewReader(worker)
	for line := range bytes.Lines(log) {
		m, err := r.Line(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil {
			return samples, fmt.Errorf("read the log of worker %d: %w", worker, err)
		}
		if m == nil {
			continue
		}
		for _, s := range m.Samples {
			sum.Add(s)
			samples++
		}
		for _, b := range m.Blocks {
			sum.AddBlock(b)
		}
	}
	return samples, nil
}
