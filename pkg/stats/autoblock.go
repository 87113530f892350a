package stats

import "math"

// AutoBlock returns how many neighbouring observations of a series must be
// drawn together so that a circular block bootstrap of it keeps the dependence
// between them: the length that Politis and White, "Automatic Block-Length
// Selection for the Dependent Bootstrap", Econometric Reviews 23 (2004), derive
// from the autocorrelations, as corrected by Patton, Politis and White,
// Econometric Reviews 28 (2009), rounded up. It is 1 to 3 where the series shows
// no dependence, and at most a third of it and three times its root.
func AutoBlock(series []float64) int {
	n := len(series)
	if n < MinResampled || !finite(series) {
		return 1
	}
	covariance := autocovariance(series)
	if covariance(0) == 0 {
		return 1
	}
	m := lagsThatCount(covariance, n)
	// The spectrum at 0 and its curvature there, by the flat-top kernel of
	// Politis and Romano (1995).
	spectrum, curvature := covariance(0), 0.0
	for lag := 1; lag <= m; lag++ {
		weight := math.Min(1, 2*(1-float64(lag)/float64(m)))
		weighted := 2 * weight * covariance(lag)
		spectrum += weighted
		curvature += float64(lag) * weighted
	}
	variance := 4.0 / 3 * spectrum * spectrum
	most := math.Ceil(math.Min(3*math.Sqrt(float64(n)), float64(n)/3))
	length := math.Ceil(math.Cbrt(2 * curvature * curvature / variance * float64(n)))
	return int(math.Max(1, math.Min(length, most)))
}

// autocovariance returns the function that gives a series' autocovariance at a
// lag.
func autocovariance(series []float64) func(lag int) float64 {
	mean := Mean(series)
	return func(lag int) float64 {
		sum := 0.0
		for i := lag; i < len(series); i++ {
			product := (series[i] - mean) * (series[i-lag] - mean)
			sum += product
		}
		return sum / float64(len(series))
	}
}

// quietLags is how many lags in a row must show no more correlation than chance
// makes for the rest to be taken for none (K_n in the paper, for any n of ours).
const quietLags = 5

// lagsThatCount is twice the lag behind which quietLags autocorrelations are
// within what chance makes: Politis and White (2004), 3.2, with c = 2.
func lagsThatCount(covariance func(int) float64, n int) int {
	limit := 2 * math.Sqrt(math.Log10(float64(n))/float64(n)) * covariance(0)
	most := min(int(math.Ceil(math.Sqrt(float64(n))))+quietLags, n-1)
	last, quiet := 1, 0
	for lag := 1; lag <= most && quiet < quietLags; lag++ {
		if quiet++; math.Abs(covariance(lag)) >= limit {
			last, quiet = lag, 0
		}
	}
	return min(2*last, most)
}
