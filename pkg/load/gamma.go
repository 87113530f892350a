package load

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"
)

// Gamma is requests with random gaps between them. The gaps follow a gamma
// distribution with the shape Burstiness and the mean 1/Rate, which is how
// vLLM's `bench serve --burstiness` defines it: their coefficient of variation
// is 1/sqrt(Burstiness). With 1 they are exponential and the requests a Poisson
// process, as of many users who know nothing of each other; below 1 requests
// come in clusters, and far above 1 nearly evenly.
//
// The first request is due a gap after the begin, so that no gap is special.
type Gamma struct {
	// Rate is the mean of requests per second.
	Rate       float64
	Burstiness float64
}

// Validate implements Pacer.
func (g Gamma) Validate() error {
	if !sensible(g.Rate) || g.Rate == 0 {
		return fmt.Errorf("a mean of %g requests/s: want more than 0", g.Rate)
	}
	if !sensible(g.Burstiness) || g.Burstiness == 0 {
		return fmt.Errorf("a burstiness of %g: want more than 0; 1 is a Poisson process", g.Burstiness)
	}
	return nil
}

// arrivals is the party that draws gaps; users count from 0.
const arrivals = -1

// Arrivals implements Pacer.
func (g Gamma) Arrivals(seed uint64) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		r := random(seed, arrivals, 0)
		for at := g.gap(r); at < longest && yield(at); at += g.gap(r) {
		}
	}
}

// Expected implements Pacer.
func (g Gamma) Expected(before time.Duration) float64 {
	return g.Rate * max(before, 0).Seconds()
}

func (g Gamma) gap(r *rand.Rand) time.Duration {
	if g.Burstiness == 1 {
		return duration(r.ExpFloat64() / g.Rate)
	}
	return duration(standardGamma(r, g.Burstiness) / (g.Rate * g.Burstiness))
}

// standardGamma draws from the gamma distribution with a shape and the scale 1,
// by the rejection method of G. Marsaglia and W. W. Tsang, "A Simple Method for
// Generating Gamma Variables" (ACM Transactions on Mathematical Software 26(3),
// 2000). A shape below 1 is drawn as that of shape+1 times U^(1/shape), as
// their section 6 has it. The conversions keep results equal on all processors.
func standardGamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		u := 1 - r.Float64() // never 0
		return standardGamma(r, shape+1) * math.Pow(u, 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + float64(c*x)
		if v <= 0 {
			continue
		}
		v *= v * v
		u := 1 - r.Float64()
		if math.Log(u) < float64(x*x/2)+float64(d*(1-v+math.Log(v))) {
			return d * v
		}
	}
}
