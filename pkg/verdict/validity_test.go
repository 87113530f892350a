package verdict

import (
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Over a hundred seeded runs, identical engines are called a tie in 95 at least,
// and one that is 15 % faster wins in 90 at least, each by the verdict of the
// whole run with all its dimensions.
func TestVerdictsKeepTheirLevel(t *testing.T) {
	single := func(n int, faster float64, engines ...string) func(uint64) *bench {
		return func(seed uint64) *bench {
			b, r := newBench(engines...), seeded(seed)
			for i, name := range engines {
				ttft := 100.0
				if i == 0 {
					ttft /= faster
				}
				b.add("ttft", record.KindTTFT, engine{name: name, ttft: r.lognormal(n, ttft, 0.25), tpot: r.lognormal(n, 20, 0.1)})
			}
			return b
		}
	}
	// Requests of a load depend on their neighbours, and so do the rates of
	// neighbouring seconds.
	load := func(faster float64) func(uint64) *bench {
		return func(seed uint64) *bench {
			b, r := newBench("vllm", "tgi"), seeded(seed)
			for i, name := range []string{"vllm", "tgi"} {
				ttft, rate := 100.0, 500.0
				if i == 0 {
					ttft, rate = ttft/faster, rate*faster
				}
				b.add("chat", record.KindLoad, engine{name: name, ttft: r.ar1(600, ttft, 0.25, 0.5), tpot: r.ar1(600, 20, 0.1, 0.5), tokens: r.ar1(120, rate, 0.15, 0.4)})
			}
			return b
		}
	}
	for _, c := range []struct {
		name         string
		make         func(uint64) *bench
		runs         int
		most, fewest int // wins of anybody, wins of the faster
	}{
		{"two alike", single(200, 1, "vllm", "tgi"), 100, 5, 0},
		{"three alike, few requests", single(80, 1, "vllm", "tgi", "ollama"), 100, 5, 0},
		{"two alike under load", load(1), 100, 5, 0},
		{"one is 15 % faster", single(200, 1.15, "vllm", "tgi"), 100, 100, 90},
		{"one of three is 15 % faster", single(200, 1.15, "vllm", "tgi", "ollama"), 40, 40, 36},
		{"one is 15 % faster under load", load(1.15), 40, 40, 34},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if underRace { // a tenth of the runs, and one more of what chance brings
				c.runs, c.most, c.fewest = c.runs/10, c.most/10+1, c.fewest/10-1
			}
			wins := map[string]int{}
			all := 0
			for seed := range uint64(c.runs) {
				b := c.make(seed)
				Judge(&b.summary, b.values, Options{Seed: seed, resamples: 400})
				if w := winner(b.summary.Verdict.Winner); w != "none" {
					wins[w]++
					all++
				}
			}
			t.Logf("wins: %v", wins)
			if all > c.most || wins["vllm"] < c.fewest || (c.fewest > 0 && all > wins["vllm"]) {
				t.Errorf("of %d runs %v won; want %d wins at most and %d of vllm at least", c.runs, wins, c.most, c.fewest)
			}
		})
	}
}
