package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// truth is a line of a simulator's truth log, in nanoseconds since 1970.
type truth struct {
	RequestID string `json:"request_id"`
	// ReceivedNS is when the request reached the simulator's socket, by its
	// kernel, 0 where that does not stamp; ReadNS is when the process had it.
	ReceivedNS int64   `json:"received_ns"`
	ReadNS     int64   `json:"read_ns"`
	FramesNS   []int64 `json:"frames_ns"`
}

// arrived is the best that is known of when the request came.
func (t truth) arrived() int64 {
	if t.ReceivedNS > 0 {
		return t.ReceivedNS
	}
	return t.ReadNS
}

// truths prints how far the client's times are from the simulator's.
func truths(ctx context.Context, s settings, work string) error {
	fmt.Println(`
measured minus true, absolute, ms: the truth is when the request reached the socket of a simulator in a process
of its own and when that handed each frame to its kernel; "server read" is how much later than the socket had it
the simulator itself read the request, which no client can see`)
	fmt.Printf("%8s  %7s  %9s  %10s  %10s  %12s  %12s  %16s\n", "streams", "clock", "requests", "TTFT p50", "TTFT p99", "frame p50", "frame p99", "server read p99")
	for _, n := range s.streams {
		for _, user := range []bool{false, true} {
			if err := truthRow(ctx, s, work, n, user); err != nil {
				return err
			}
		}
	}
	return nil
}

func truthRow(ctx context.Context, s settings, work string, streams int, userClock bool) (err error) {
	log := filepath.Join(work, fmt.Sprintf("truth-%d-%v.jsonl", streams, userClock))
	url, stop, err := simulated(ctx, s, "20ms", "--truth-log", log)
	if err != nil {
		return err
	}
	got, err := load(ctx, url, streams, s.perTrue, wire.Options{UserClock: userClock}, true)
	if err := errors.Join(err, stop()); err != nil {
		return err
	}
	known, err := readTruth(log)
	if err != nil {
		return err
	}
	ttft, frames, read := differences(got, known)
	if len(ttft) == 0 {
		return fmt.Errorf("%d streams: no sample is in the truth log", streams)
	}
	clock := record.ClockKernel
	if userClock {
		clock = record.ClockUser
	}
	fmt.Printf("%8d  %7s  %9d  %10.3f  %10.3f  %12.3f  %12.3f  %16.3f\n", streams, clock, len(ttft),
		at(ttft, 0.5), at(ttft, 0.99), at(frames, 0.5), at(frames, 0.99), at(read, 0.99))
	return nil
}

// simulated starts an engine with room for everybody, whose every stream gets a
// token in each step.
func simulated(ctx context.Context, s settings, step string, more ...string) (url string, stop func() error, err error) {
	return child(ctx, s.binary, append([]string{"simulate", "--engine", "vllm", "--listen", "127.0.0.1:0", "--until-eof",
		"--slots", "100000", "--kv-tokens", "100000000", "--step", step, "--step-per-seq", "0s", "--prefill-rate", "1e9", "--chunk-tokens", "10000000"}, more...)...)
}

func readTruth(path string) (map[string]truth, error) {
	f, err := os.Open(path) //nolint:gosec // our own temporary file
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // opened for reading
	known := map[string]truth{}
	_, err = record.ReadLines(f, func(line []byte) error {
		var t truth
		if err := json.Unmarshal(line, &t); err != nil {
			return err
		}
		known[t.RequestID] = t
		return nil
	})
	return known, err
}

// differences compares TTFT, and each frame's time since the first, so that
// the two processes' clocks need not agree on anything but a second's length.
func differences(got []record.Sample, known map[string]truth) (ttft, frames, read []float64) {
	for _, s := range got {
		t, ok := known[s.RequestID]
		measured, answered := s.TTFTMS.Get()
		if !ok || !answered || s.Phase != record.PhaseMeasure || s.Status != record.StatusOK || len(t.FramesNS) == 0 {
			continue
		}
		ttft = append(ttft, abs(measured-float64(t.FramesNS[0]-t.arrived())/1e6))
		read = append(read, float64(t.ReadNS-t.arrived())/1e6)
		if len(s.FramesMS) != len(t.FramesNS) {
			continue
		}
		for i := range t.FramesNS {
			frames = append(frames, abs(s.FramesMS[i]-s.FramesMS[0]-float64(t.FramesNS[i]-t.FramesNS[0])/1e6))
		}
	}
	slices.Sort(ttft)
	slices.Sort(frames)
	slices.Sort(read)
	return ttft, frames, read
}

func abs(v float64) float64 { return max(v, -v) }

func at(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(p*float64(len(sorted))), len(sorted)-1)]
}
