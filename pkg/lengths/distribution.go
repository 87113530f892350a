package lengths

import (
	"math"
	"math/rand/v2"
	"strconv"
)

// Most is the largest length there is.
const Most = 1_000_000

// Kind names the shape of a distribution.
type Kind string

// The kinds of distribution.
const (
	Fixed     Kind = "fixed"
	Normal    Kind = "normal"
	Uniform   Kind = "uniform"
	Lognormal Kind = "lognormal"
)

// Distribution is how lengths are spread. Its zero value says nothing, and
// draws 0.
type Distribution struct {
	Kind Kind
	// Centre is the length of fixed, and the mean of normal and lognormal;
	// Spread is their standard deviation, of the lengths themselves.
	Centre, Spread float64
	// Low and High bound what is drawn, both included.
	Low, High int
	// bounded says that the bounds were written and do not follow.
	bounded bool
}

// IsZero says that the distribution says nothing.
func (d Distribution) IsZero() bool { return d.Kind == "" }

// Mean is the mean that was written; of uniform the middle. Bounds that cut one
// side off more than the other move the mean of what is drawn.
func (d Distribution) Mean() float64 {
	if d.Kind == Uniform {
		return float64(d.Low+d.High) / 2
	}
	return d.Centre
}

// mostDraws bounds how often a length beyond the bounds is drawn again; Parse
// refuses bounds so far out that this would matter.
const mostDraws = 1000

// Draw returns a length between the bounds. What falls outside is drawn again,
// so that no bound gathers what lies beyond it.
func (d Distribution) Draw(r *rand.Rand) int {
	switch d.Kind {
	case Fixed:
		return int(d.Centre)
	case Uniform:
		return d.Low + r.IntN(d.High-d.Low+1)
	case Normal, Lognormal:
	default:
		return 0
	}
	for range mostDraws {
		if v := math.Round(d.value(r.NormFloat64())); v >= float64(d.Low) && v <= float64(d.High) {
			return int(v)
		}
	}
	return min(max(int(math.Round(d.Centre)), d.Low), d.High)
}

// value maps a standard normal number to a length. A lognormal of mean m and
// deviation s is exp of a normal with variance ln(1+s²/m²) and mean
// ln m - variance/2 (Johnson, Kotz, Balakrishnan, Continuous Univariate
// Distributions 1, ch. 14).
func (d Distribution) value(z float64) float64 {
	if d.Kind == Normal {
		return d.Centre + d.Spread*z
	}
	variance := math.Log1p(d.Spread * d.Spread / (d.Centre * d.Centre))
	return math.Exp(math.Log(d.Centre) - variance/2 + math.Sqrt(variance)*z)
}

// String writes the distribution as Parse reads it.
func (d Distribution) String() string {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	text := ""
	switch d.Kind {
	case Fixed:
		return number(d.Centre)
	case Uniform:
		return strconv.Itoa(d.Low) + ".." + strconv.Itoa(d.High)
	case Normal:
		text = number(d.Centre) + "±" + number(d.Spread)
	case Lognormal:
		text = "lognormal(" + number(d.Centre) + ", " + number(d.Spread) + ")"
	}
	if d.bounded {
		text += " in " + strconv.Itoa(d.Low) + ".." + strconv.Itoa(d.High)
	}
	return text
}
