package capacity

// inflation is by how much the variance of the mean of a series of yes and no
// exceeds that of independent ones: 1 + 2 sum of its autocorrelations. The sum
// ends with the first pair of neighbouring lags whose sum is not positive, and
// no pair counts more than the one before it, as C. J. Geyer, "Practical Markov
// Chain Monte Carlo", Statistical Science 7 (1992), has it. It is at least 1.
func inflation(series []bool) float64 {
	n := len(series)
	var ones []int
	for i, v := range series {
		if v {
			ones = append(ones, i)
		}
	}
	q := float64(len(ones)) / float64(n)
	variance := q * (1 - q)
	if n < 4 || variance == 0 {
		return 1
	}
	covariance := func(lag int) float64 {
		both := 0
		for _, i := range ones {
			if i+lag < n && series[i+lag] {
				both++
			}
		}
		return float64(both)/float64(n) - float64(q*q*float64(n-lag)/float64(n))
	}
	return pairSum(n, variance, covariance)
}

// pairSum is 1 + 2 sum of autocorrelations up to where Geyer's rule ends it.
func pairSum(n int, variance float64, covariance func(lag int) float64) float64 {
	sum, last := -1.0, 2.0
	for lag := 0; lag+1 < n/2; lag += 2 {
		first := 1.0
		if lag > 0 {
			first = covariance(lag) / variance
		}
		pair := min(first+covariance(lag+1)/variance, last)
		if pair <= 0 {
			break
		}
		sum, last = sum+2*pair, pair
	}
	return max(sum, 1)
}

// inflationOf is inflation for a series of numbers.
func inflationOf(series []float64) float64 {
	n, mean, variance := len(series), 0.0, 0.0
	for _, v := range series {
		mean += v / float64(n)
	}
	for _, v := range series {
		variance += (v - mean) * (v - mean) / float64(n)
	}
	if n < 4 || variance == 0 {
		return 1
	}
	return pairSum(n, variance, func(lag int) float64 {
		sum := 0.0
		for i := range n - lag {
			sum += (series[i] - mean) * (series[i+lag] - mean)
		}
		return sum / float64(n)
	})
}
