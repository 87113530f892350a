package config

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestASweepIsAScenarioForEachValue(t *testing.T) {
	data, err := os.ReadFile("testdata/good/sweeps.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type plain struct {
		name, sweep string
		users       int
		rate, speed float64
	}
	var got []plain
	for _, l := range load(t, Source{Name: "f", Data: data}).Config.TestScenarios.Loads() {
		if l.UsersSweep != nil || l.RateSweep != nil {
			t.Errorf("%s still holds a sweep", l.Name)
		}
		got = append(got, plain{l.Name, l.Sweep, l.ConcurrentUsers, l.RatePerS, l.Trace.Speed})
	}
	want := []plain{
		{"curve-1-users", "curve", 1, 0, 0}, {"curve-2-users", "curve", 2, 0, 0}, {"curve-8-users", "curve", 8, 0, 0},
		{"rates-0.5-per-s", "rates", 0, 0.5, 0}, {"rates-4-per-s", "rates", 0, 4, 0},
		{"replay", "", 0, 0, 2}, {"short replay", "", 0, 0, 1},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(plain{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestListsOfNumbersAreShownAsSettings(t *testing.T) {
	l := load(t, src("f", "test_scenarios: {load_tests: [{name: a, users_sweep: [1, 2], duration_seconds: 3}]}"))
	for _, s := range l.Settings() {
		if strings.HasSuffix(s.Path, "users_sweep") && s.Value == "[1, 2]" {
			return
		}
	}
	t.Error("users_sweep is not among the settings")
}

func TestTheCapacityPresetAsksForNothingElse(t *testing.T) {
	l, err := Load(nil, "capacity")
	if err != nil {
		t.Fatal(err)
	}
	s := l.Config.TestScenarios
	if s.TTFT.IsEnabled() || len(s.LoadTests) > 0 || !s.Capacity.Enabled || s.Capacity.SLO != "" {
		t.Errorf("the preset is %+v", s)
	}
}
