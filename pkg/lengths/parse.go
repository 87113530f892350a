package lengths

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Grammar shows the forms that Parse reads.
const Grammar = `480, 480±240 (mean and standard deviation; +- will do for ±), 100..500, lognormal(480, 240), and the spread ones with bounds behind them: 480±240 in 16..2048`

// Pattern is a regular expression (RE2, and ECMA 262 as JSON Schema has it)
// that matches what Parse can read; Parse itself refuses some of that.
const Pattern = `^\s*([0-9.]+|[0-9]+\s*\.\.\s*[0-9]+|([0-9.]+\s*(±|\+-|\+/-)\s*[0-9.]+|(lognormal|normal)\(\s*[0-9.]+\s*,\s*[0-9.]+\s*\))(\s+in\s+[0-9]+\s*\.\.\s*[0-9]+)?|uniform\(\s*[0-9]+\s*,\s*[0-9]+\s*\))\s*$`

var (
	rangeForm = regexp.MustCompile(`^([0-9]{1,9})\s*\.\.\s*([0-9]{1,9})$`)
	plusMinus = regexp.MustCompile(`^([0-9.]+)\s*(?:±|\+-|\+/-)\s*([0-9.]+)$`)
	callForm  = regexp.MustCompile(`^(normal|lognormal|uniform)\(\s*([0-9.]+)\s*,\s*([0-9.]+)\s*\)$`)
	boundForm = regexp.MustCompile(`^(.*\S)\s+in\s+(\S.*)$`)
)

var errForm = errors.New("it is none of the forms " + Grammar)

// Parse reads a distribution. Lengths are whole numbers from 1 to Most. Without
// bounds, normal lies between 1 and twice its mean, evenly about the mean so
// that the mean stays what was written, and lognormal between 1 and Most.
func Parse(text string) (Distribution, error) {
	d, err := parse(strings.Trim(text, " \t\r\n\f")) // what the pattern takes for white space
	if err == nil {
		err = d.validate()
	}
	if err != nil {
		return Distribution{}, fmt.Errorf("length %q: %w", text, err)
	}
	return d, nil
}

func parse(text string) (Distribution, error) {
	if m := boundForm.FindStringSubmatch(text); m != nil {
		return parseBounded(m[1], m[2])
	}
	if m := rangeForm.FindStringSubmatch(text); m != nil {
		return uniform(m[1], m[2])
	}
	if m := plusMinus.FindStringSubmatch(text); m != nil {
		return spread(Normal, m[1], m[2])
	}
	if m := callForm.FindStringSubmatch(text); m != nil {
		if m[1] == string(Uniform) {
			return uniform(m[2], m[3])
		}
		return spread(Kind(m[1]), m[2], m[3])
	}
	n, err := strconv.Atoi(text)
	if err != nil || text[0] == '+' {
		return Distribution{}, errForm
	}
	return Distribution{Kind: Fixed, Centre: float64(n), Low: n, High: n}, nil
}

func parseBounded(shape, bounds string) (Distribution, error) {
	d, err := parse(shape)
	if err != nil {
		return Distribution{}, err
	}
	m := rangeForm.FindStringSubmatch(bounds)
	if m == nil || d.bounded || d.Kind != Normal && d.Kind != Lognormal {
		return Distribution{}, errForm
	}
	b, err := uniform(m[1], m[2])
	d.Low, d.High, d.bounded = b.Low, b.High, true
	return d, err
}

func uniform(low, high string) (Distribution, error) {
	a, errLow := strconv.Atoi(low)
	b, errHigh := strconv.Atoi(high)
	if errLow != nil || errHigh != nil {
		return Distribution{}, errForm
	}
	return Distribution{Kind: Uniform, Low: a, High: b}, nil
}

func spread(kind Kind, centre, deviation string) (Distribution, error) {
	m, errM := strconv.ParseFloat(centre, 64)
	s, errS := strconv.ParseFloat(deviation, 64)
	if errM != nil || errS != nil {
		return Distribution{}, errForm
	}
	high := float64(Most)
	if kind == Normal {
		high = min(high, math.Round(2*m)-1)
	}
	return Distribution{Kind: kind, Centre: m, Spread: s, Low: 1, High: max(int(high), 1)}, nil
}

func (d Distribution) validate() error {
	switch {
	case d.Kind != Uniform && (d.Centre < 1 || d.Centre > Most), d.Spread > Most:
		return fmt.Errorf("its numbers must lie between 1 and %d", Most)
	case d.Low < 1 || d.High > Most:
		return fmt.Errorf("its bounds must lie between 1 and %d", Most)
	case d.Low > d.High:
		return fmt.Errorf("%d..%d is no range: the smaller bound comes first", d.Low, d.High)
	case d.Centre != 0 && (d.Centre < float64(d.Low) || d.Centre > float64(d.High)):
		return fmt.Errorf("its mean of %g lies outside of its bounds %d..%d", d.Centre, d.Low, d.High)
	}
	return nil
}
