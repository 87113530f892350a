//go:build capacityseeds

package bench

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// Eight slots, ten tokens and steps of 20 ms are 40 requests/s. Arrivals are
// even, so nothing waits below that rate, and above it the wait grows without
// bound: the law's rate is the knee. It takes some half an hour, on a machine
// that does nothing else.
func TestCapacitySeeds(t *testing.T) {
	const served = 40.0
	yaml := fmt.Sprintf(capacityYAML, `slo: "ttft:p95<500ms", start_rate_per_s: 10, max_rate_per_s: 400, precision: 0.03,
    warmup_seconds: 2, step_seconds: 10, max_step_seconds: 20, max_in_flight: 1000, max_tokens: 10`)
	for seed := range uint64(10) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			sc, _ := searched(t, seed, yaml, simulated(t, slotted(8, 20*time.Millisecond)))
			got := sc.Capacity[0]
			t.Logf("holds at %g, %v, limited by %s: %s", got.RatePerS.Or(0), got.CI, got.LimitedBy, got.Reason)
			if math.Abs(got.RatePerS.Or(0)/served-1) > 0.05 {
				t.Errorf("holds at %g requests/s, the law says %g", got.RatePerS.Or(0), served)
			}
		})
	}
}
