package config

import (
	"fmt"
	"strconv"
)

// sweeps are the keys that may hold several values, by the key that holds one.
var sweeps = map[string]string{"concurrent_users": "users_sweep", "rate_per_s": "rate_sweep"}

// Loads are the load tests with each sweep taken apart into one for each of its
// values. What they say of themselves is that of plain load tests.
func (s TestScenarios) Loads() []SweptLoad {
	var all []SweptLoad
	for _, t := range s.LoadTests {
		all = append(all, t.expand()...)
	}
	return all
}

// SweptLoad is a load test with one number of users or one rate.
type SweptLoad struct {
	LoadTest
	// Sweep names the load test whose sweep it is part of, "" where it is whole.
	Sweep string
}

func (t LoadTest) expand() []SweptLoad {
	if len(t.UsersSweep) == 0 && len(t.RateSweep) == 0 {
		return []SweptLoad{{LoadTest: t}}
	}
	var all []SweptLoad
	one := func(suffix string, users int, rate float64) {
		single := t
		single.Name, single.UsersSweep, single.RateSweep = t.Name+suffix, nil, nil
		single.ConcurrentUsers, single.RatePerS = users, rate
		all = append(all, SweptLoad{LoadTest: single, Sweep: t.Name})
	}
	for _, n := range t.UsersSweep {
		one(fmt.Sprintf("-%d-users", n), n, 0)
	}
	for _, rate := range t.RateSweep {
		one("-"+strconv.FormatFloat(rate, 'f', -1, 64)+"-per-s", 0, rate)
	}
	return all
}

// sweep checks the lists of a load test, and that what they expand to has names
// of its own.
func (c *checker) sweep(path string, t LoadTest, taken map[string]int) {
	for one, many := range sweeps {
		if !c.written(path, many) {
			continue
		}
		if c.written(path, one) {
			c.conflict(path+"."+many, fmt.Sprintf("%s and %s say the same: delete one", one, many))
		}
		if n := len(t.UsersSweep) + len(t.RateSweep); n == 0 {
			c.conflict(path+"."+many, many+" lists nothing, so nothing would be sent")
		}
	}
	for _, single := range t.expand() {
		if single.Sweep == "" {
			return
		}
		if _, again := taken[single.Name]; again {
			c.fault(path+".name", fmt.Sprintf("its sweep makes a scenario %q, and another load test is called that: results need names of their own", single.Name), "")
		}
		taken[single.Name] = -1
	}
}

// trace checks what says which requests are replayed.
func (c *checker) trace(path string, t LoadTest) {
	switch {
	case t.Trace.File == "":
		c.conflict(path+".trace", "a trace needs its file: set trace.file")
	case t.Rounds > 1:
		c.conflict(path+".rounds", "a trace is replayed once, from its begin: delete rounds")
	}
}
