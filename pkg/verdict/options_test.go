package verdict

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
)

// What default.yaml says is what holds where nothing says anything.
func TestDefaultsAreThoseOfTheConfiguration(t *testing.T) {
	l, err := config.Load(nil, "standard")
	if err != nil {
		t.Fatal(err)
	}
	want := Options{Level: DefaultLevel, PracticalThreshold: new(DefaultPracticalThreshold), Weights: DefaultWeights(), Seed: 7}
	if diff := cmp.Diff(want, FromConfig(l.Config, 7), cmpopts.IgnoreUnexported(Options{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(DefaultWeights(), FromConfig(config.Config{}, 7).complete().Weights); diff != "" {
		t.Errorf("weights of an empty configuration (-want +got):\n%s", diff)
	}
}

func TestFromConfigTakesThePrice(t *testing.T) {
	price := 2.5
	c := config.Config{Cost: config.Cost{GPUHour: &price, Currency: "EUR", GPUs: map[string]int{"vllm": 2}}}
	if diff := cmp.Diff(Cost{PerGPUHour: 2.5, Currency: "EUR", GPUs: map[string]int{"vllm": 2}}, FromConfig(c, 0).Cost); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
