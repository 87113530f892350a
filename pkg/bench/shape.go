package bench

import (
	"path/filepath"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// loadUsers is one round of a closed loop.
func loadUsers(l config.LoadTest, seed uint64) load.Users {
	return load.Users{
		Users: l.ConcurrentUsers, RampUp: seconds(l.RampUpSeconds), Warmup: seconds(l.WarmupSeconds),
		Duration: roundTime(l, l.DurationSeconds), Seed: seed,
		Think: load.Think{Distribution: l.ThinkTime.Distribution, Seconds: l.ThinkTime.Seconds, Min: l.ThinkTime.MinSeconds, Max: l.ThinkTime.MaxSeconds},
	}
}

// loadOpen is one round of an open loop. Equal seeds give every engine the same
// arrivals.
func loadOpen(l config.LoadTest, trace load.Trace, seed uint64) load.Open {
	if l.Arrival == config.ArrivalTrace {
		return load.Open{Pacer: trace, Warmup: seconds(l.WarmupSeconds), Duration: traceTime(l, trace), MaxInFlight: l.MaxInFlight, Seed: seed}
	}
	return load.Open{
		Pacer: pacer(l), Warmup: seconds(l.WarmupSeconds), Duration: roundTime(l, l.DurationSeconds),
		MaxInFlight: l.MaxInFlight, Seed: seed,
	}
}

// traceTime is the measured time of a trace: what was asked for, or else all of
// it but the warm-up, which is its begin.
func traceTime(l config.LoadTest, trace load.Trace) time.Duration {
	if l.DurationSeconds > 0 {
		return seconds(l.DurationSeconds)
	}
	return max(trace.Span()-seconds(l.WarmupSeconds), 0)
}

// roundTime is a round's part of a time that all rounds share.
func roundTime(l config.LoadTest, s float64) time.Duration {
	return seconds(s / float64(max(l.Rounds, 1)))
}

// pacer is the pace of a round. A profile begins with a warm-up at its first
// rate, so that ramps and steps are measured whole.
func pacer(l config.LoadTest) load.Pacer {
	switch l.Arrival {
	case config.ArrivalPoisson:
		return load.Gamma{Rate: l.RatePerS, Burstiness: 1}
	case config.ArrivalGamma:
		return load.Gamma{Rate: l.RatePerS, Burstiness: l.Burstiness}
	case config.ArrivalBurst:
		return load.Burst{Size: l.BurstSize, Every: seconds(l.BurstPeriodSeconds)}
	}
	segments := segments(l)
	first := segments[0].From
	return append(load.Profile{{From: first, To: first, For: seconds(l.WarmupSeconds)}}, segments...)
}

// segments are the measured time of a load whose rate follows straight lines.
func segments(l config.LoadTest) load.Profile {
	to := l.RatePerS
	switch l.Arrival {
	case config.ArrivalSteps:
		var steps load.Profile
		for _, s := range l.Steps {
			steps = append(steps, load.Segment{From: s.RatePerS, To: s.RatePerS, For: roundTime(l, s.DurationSeconds)})
		}
		return steps
	case config.ArrivalRamp:
		to = l.ToRatePerS
	}
	return load.Profile{{From: l.RatePerS, To: to, For: roundTime(l, l.DurationSeconds)}}
}

// loadShape describes a load in results.
func loadShape(l config.LoadTest) record.Shape {
	s := record.Shape{Arrival: l.Arrival, WarmupS: l.WarmupSeconds, DurationS: l.DurationSeconds, Rounds: max(l.Rounds, 1)}
	if !l.IsOpen() {
		s.Arrival, s.Users, s.ThinkTime, s.RampUpS = record.ArrivalUsers, l.ConcurrentUsers, thinkName(l.ThinkTime), l.RampUpSeconds
		return s
	}
	s.RatePerS, s.ToRatePerS, s.Burstiness = l.RatePerS, l.ToRatePerS, l.Burstiness
	s.Speed = l.Trace.Speed
	if l.Trace.File != "" {
		s.Trace = filepath.Base(l.Trace.File)
	}
	s.BurstSize, s.BurstPeriodS, s.MaxInFlight = l.BurstSize, l.BurstPeriodSeconds, l.MaxInFlight
	for _, step := range l.Steps {
		s.Steps = append(s.Steps, record.RateStep{RatePerS: step.RatePerS, DurationS: step.DurationSeconds})
	}
	return s
}
