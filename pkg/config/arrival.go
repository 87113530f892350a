package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// arrivalKeys are the keys that describe when requests go out, and which of
// them each arrival needs and may have.
var arrivalKeys = []struct {
	arrival     string
	needs, also []string
}{
	{ArrivalUsers, []string{"concurrent_users", "duration_seconds"}, []string{"users_sweep", "ramp_up_seconds", "think_time"}},
	{ArrivalConstant, []string{"rate_per_s", "duration_seconds"}, []string{"rate_sweep", "max_in_flight"}},
	{ArrivalPoisson, []string{"rate_per_s", "duration_seconds"}, []string{"rate_sweep", "max_in_flight"}},
	{ArrivalGamma, []string{"rate_per_s", "burstiness", "duration_seconds"}, []string{"rate_sweep", "max_in_flight"}},
	{ArrivalRamp, []string{"rate_per_s", "to_rate_per_s", "duration_seconds"}, []string{"max_in_flight"}},
	{ArrivalSteps, []string{"steps"}, []string{"max_in_flight", "duration_seconds"}},
	{ArrivalBurst, []string{"burst_size", "burst_period_seconds", "duration_seconds"}, []string{"max_in_flight"}},
	{ArrivalTrace, []string{"trace"}, []string{"max_in_flight", "duration_seconds"}},
}

// loadTest describes a load test.
var loadTest = specOf(reflect.TypeFor[LoadTest]())

// arrival checks that a load test has the keys of its arrival and no others,
// and that they agree.
func (c *checker) arrival(path string, t LoadTest) {
	for _, kind := range arrivalKeys {
		if kind.arrival == t.Arrival {
			c.foreignKeys(path, kind.arrival, slices.Concat(kind.needs, kind.also))
			c.missingKeys(path, kind.needs, slices.Concat(kind.needs, kind.also))
		}
	}
	switch {
	case t.Arrival == ArrivalSteps:
		c.rateSteps(path, t)
	case t.Arrival == ArrivalTrace:
		c.trace(path, t)
	case t.Arrival == ArrivalBurst && t.BurstSize > t.MaxInFlight:
		c.conflict(path+".burst_size", fmt.Sprintf("a burst of %d is more than max_in_flight of %d: the rest of each would be dropped", t.BurstSize, t.MaxInFlight))
	}
}

func (c *checker) missingKeys(path string, needs, known []string) {
	for _, key := range needs {
		if many, swept := sweeps[key]; swept && slices.Contains(known, many) && c.written(path, many) {
			continue
		}
		if !c.written(path, key) {
			f, _ := loadTest.field(key)
			c.conflict(path+"."+key, fmt.Sprintf("%s lacks %s: want %s", leaf(path), key, f.want()))
		}
	}
}

func (c *checker) written(path, key string) bool {
	_, written := c.where[path+"."+key]
	return written
}

// foreignKeys finds keys that belong to other arrivals only.
func (c *checker) foreignKeys(path, arrival string, known []string) {
	for _, kind := range arrivalKeys {
		for _, key := range slices.Concat(kind.needs, kind.also) {
			if _, written := c.where[path+"."+key]; written && !slices.Contains(known, key) {
				c.conflict(path+"."+key, fmt.Sprintf("a load test with arrival: %s has no %s: delete it, or set arrival: %s", arrival, key, strings.Join(arrivalsWith(key), " or ")))
			}
		}
	}
}

func arrivalsWith(key string) (names []string) {
	for _, kind := range arrivalKeys {
		if slices.Contains(kind.needs, key) || slices.Contains(kind.also, key) {
			names = append(names, kind.arrival)
		}
	}
	return names
}

func (c *checker) rateSteps(path string, t LoadTest) {
	if !slices.ContainsFunc(t.Steps, func(s RateStep) bool { return s.RatePerS > 0 }) {
		c.conflict(path+".steps", "no step has a rate_per_s above 0, so nothing would be sent")
	}
	if sum := t.stepsSeconds(); math.Abs(t.DurationSeconds-sum) > 1e-6 {
		c.conflict(path+".duration_seconds", fmt.Sprintf("the steps take %g s together, not %g: delete duration_seconds", sum, t.DurationSeconds))
	}
}
