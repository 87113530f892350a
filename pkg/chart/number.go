package chart

import (
	"math"
	"strconv"
	"strings"
)

// number writes a value with three significant digits or all before the point,
// and commas between thousands, as in 0.845, 55.3 and 1,147.
func number(v float64) string {
	if v == 0 {
		return "0"
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(v))))
	return decimal(v, min(max(digits, 0), 12))
}

// decimal writes a value with a number of decimals, as many as it has at -1, and commas between thousands.
// What is too large or too small for that is written with an exponent.
func decimal(v float64, decimals int) string {
	if a := math.Abs(v); a >= 1e12 || a > 0 && a < 1e-9 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, rest, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return sign + whole
}
