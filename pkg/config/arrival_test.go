package config

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoadReadsEveryArrival(t *testing.T) {
	data, err := os.ReadFile("testdata/good/arrivals.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got := load(t, Source{Name: "f", Data: data}).Config
	want := []LoadTest{
		{Name: "closed", Arrival: "users", ConcurrentUsers: 2, DurationSeconds: 3, ThinkTime: ThinkTime{Distribution: "fixed"}},
		{Name: "chat", Arrival: "poisson", RatePerS: 5, DurationSeconds: 30, MaxInFlight: 100},
		{Name: "gamma", Arrival: "gamma", RatePerS: 0.5, Burstiness: 0.25, DurationSeconds: 30, WarmupSeconds: 3, Rounds: 2, MaxInFlight: 1000},
		{Name: "ramp", Arrival: "ramp", RatePerS: 1, ToRatePerS: 9, DurationSeconds: 30, MaxInFlight: 1000},
		{Name: "steps", Arrival: "steps", Steps: []RateStep{{2, 10.5}, {0, 5}}, DurationSeconds: 15.5, MaxInFlight: 1000},
		{Name: "burst", Arrival: "burst", BurstSize: 3, BurstPeriodSeconds: 2, DurationSeconds: 30, MaxInFlight: 1000},
	}
	for i := range want {
		want[i].TargetMetric, want[i].Rounds = "ttft", max(want[i].Rounds, 1)
		if open := got.TestScenarios.LoadTests[i].IsOpen(); open != (i > 0) {
			t.Errorf("%s is open: %v", want[i].Name, open)
		}
	}
	if diff := cmp.Diff(want, got.TestScenarios.LoadTests); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	written, err := got.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, load(t, Source{Name: "again", Data: written}).Config); diff != "" {
		t.Errorf("written and read again (-want +got):\n%s", diff)
	}
}

// What an editor can show of a load test that lacks a key of its arrival.
func TestSchemaKnowsWhatAnArrivalNeeds(t *testing.T) {
	s := compiled(t)
	for keys, want := range map[string]bool{
		"concurrent_users: 1, duration_seconds: 1":                              true,
		"arrival: users, concurrent_users: 1, duration_seconds: 1":              true,
		"arrival: users, duration_seconds: 1":                                   false,
		"duration_seconds: 1":                                                   false,
		"arrival: poisson, rate_per_s: 1, duration_seconds: 1":                  true,
		"arrival: poisson, duration_seconds: 1":                                 false,
		"arrival: gamma, rate_per_s: 1, duration_seconds: 1":                    false,
		"arrival: ramp, rate_per_s: 1, duration_seconds: 1":                     false,
		"arrival: steps, steps: [{rate_per_s: 1, duration_seconds: 1}]":         true,
		"arrival: steps, steps: [{rate_per_s: 1, duration_seconds: 1, bad: 1}]": false,
		"arrival: steps, duration_seconds: 1":                                   false,
		"arrival: burst, burst_size: 1, duration_seconds: 1":                    false,
	} {
		file := "test_scenarios: {load_tests: [{name: a, " + keys + "}]}"
		if got := accepts(t, s, []byte(file)) == nil; got != want {
			t.Errorf("the schema takes {%s}: %v, want %v", keys, got, want)
		}
		if _, err := Load([]Source{src("f", file)}, ""); (err == nil) != want {
			t.Errorf("Load takes {%s}: %v, want %v", keys, err, want)
		}
	}
}

func TestStepsCannotBeStretchedFromOutside(t *testing.T) {
	l := load(t, src("f", "test_scenarios: {load_tests: [{name: a, arrival: steps, steps: [{rate_per_s: 1, duration_seconds: 5}]}]}"))
	if err := l.Override("test_scenarios.load_tests[0].duration_seconds", 10.0, "--duration"); err != nil {
		t.Fatal(err)
	}
	if err := l.Validate(); err == nil || !strings.Contains(err.Error(), "--duration: the steps take 5 s together, not 10") {
		t.Errorf("Validate() = %v", err)
	}
}
