package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// power is the probability with which SamplesToSettle's number of observations
// shows a difference, the custom of experimental design (Cohen, Statistical
// Power Analysis for the Behavioral Sciences, 2nd ed., 1988, 2.4).
const power = 0.8

// hopeless is the number of observations beyond which nobody will wait.
const hopeless = 1e9

// SamplesToSettle returns how many observations of each sample it would take
// for a difference of the size of d, measured from n of each at a level, to be
// significant with a probability of 80 %, if it is as large as it seems. The
// width of an interval falls as the root of n, so with h half of it now that is
// n (h/d)^2 (1 + z(0.8)/z(level))^2.
//
// It is n where d is significant already, and math.MaxInt where there is no
// difference to show, d is no number, or it would take more than 10^9.
func SamplesToSettle(d Difference, n int, level float64) int {
	if d.CI.Low > 0 || d.CI.High < 0 {
		return n
	}
	if n < 1 || !(level > 0 && level < 1) {
		return math.MaxInt
	}
	ratio := d.CI.Width() / 2 / math.Abs(d.Estimate)
	extra := 1 + distuv.UnitNormal.Quantile(power)/distuv.UnitNormal.Quantile((1+level)/2)
	need := math.Ceil(float64(n) * ratio * ratio * extra * extra)
	if !(need <= hopeless) {
		return math.MaxInt
	}
	return max(int(need), n+1)
}
