package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// manyStreams holds very many streams open at once and prints how many there
// truly were.
func manyStreams(ctx context.Context, s settings) error {
	url, stop, err := simulated(ctx, s, "500ms")
	if err != nil {
		return err
	}
	all, err := load(ctx, url, s.open, 20*time.Second, wire.Options{}, false)
	if err := errors.Join(err, stop()); err != nil {
		return err
	}
	ok := 0
	for _, v := range all {
		if v.Status == record.StatusOK {
			ok++
		}
	}
	fmt.Printf("\n%d users of one endpoint: %d streams open at once, %d of %d requests succeeded, %.0f MB resident at most\n",
		s.open, mostAtOnce(all), ok, len(all), float64(mostResident())/1e6)
	return nil
}

// mostAtOnce is how many requests were streaming at the same time at most.
func mostAtOnce(all []record.Sample) int {
	type change struct {
		at float64
		by int
	}
	var changes []change
	for _, s := range all {
		sent, sentKnown := s.SentMS.Get()
		first, answered := s.TTFTMS.Get()
		last, ended := s.E2EMS.Get()
		if sentKnown && answered && ended {
			changes = append(changes, change{sent + first, 1}, change{sent + last, -1})
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
	now, most := 0, 0
	for _, c := range changes {
		now += c.by
		most = max(most, now)
	}
	return most
}

// sumUp prints what summing up many samples takes: the memory that they are
// kept in, and the time of the summary.
func sumUp(n int) error {
	before := heap()
	sum := summary.New(record.Run{Plan: record.Plan{Scenarios: []record.PlannedScenario{{Name: "load", Kind: record.KindLoad}}}})
	for i := range n {
		sum.Add(record.Sample{
			RequestID: fmt.Sprint("bench-", i), Engine: "vllm", Endpoint: "http://127.0.0.1", Scenario: "load", Phase: record.PhaseMeasure,
			Seq: int64(i), Attempt: 1, Status: record.StatusOK, TokenSource: record.TokensEngine, Clock: record.ClockKernel,
			ScheduledMS: record.Some(float64(i)), SentMS: record.Some(float64(i)), QueueMS: record.Some(0.01), TTFTMS: record.Some(float64(100 + i%97)),
			TPOTMS: record.Some(20.0), E2EMS: record.Some(float64(400 + i%89)), PromptTokens: record.Some(int64(30)), OutputTokens: record.Some(int64(16)), Frames: 16,
		})
	}
	sum.AddBlock(record.Block{ID: "0", Engine: "vllm", Scenario: "load", EndMS: float64(n), Done: true})
	kept := heap()
	began := time.Now()
	result := sum.Summary()
	took := time.Since(began)
	if got := result.Scenarios[0].Engines[0].Succeeded; got != int64(n) {
		return fmt.Errorf("%d samples were summed up as %d", n, got)
	}
	fmt.Printf("\n%d samples are kept in %.0f MB and summed up in %.1f s; %.0f MB resident at most by now\n",
		n, float64(kept-before)/1e6, took.Seconds(), float64(mostResident())/1e6)
	runtime.KeepAlive(sum)
	return nil
}

// heap is what is in use on the heap after a collection.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
