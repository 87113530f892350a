package story

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Thin is the narrow no-break space between groups of digits, and between a
// number and its unit.
const Thin = "\u202f"

// NotAvailable marks a value that there is none of.
const NotAvailable = "n/a"

// Number writes a value with three significant digits at least, digits in groups
// of three, and never an exponent: 1 234, 56.7, 8.90. Below 0.01 it keeps two
// significant digits, so that only 0 is written as 0.
func Number(v float64) string {
	size := math.Abs(v)
	switch {
	case size >= 99.95:
		return grouped(strconv.FormatFloat(v, 'f', 0, 64))
	case size >= 9.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case size >= 0.01:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case size == 0:
		return "0"
	}
	return strconv.FormatFloat(v, 'f', 1-int(math.Floor(math.Log10(size))), 64)
}

// Count writes a whole number, digits in groups of three.
func Count(n int64) string { return grouped(strconv.FormatInt(n, 10)) }

func grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + Thin + digits[i:]
	}
	return sign + digits
}

// Quantity writes a value and its unit, which may be "".
func Quantity(v float64, unit string) string {
	switch unit {
	case "":
		return Number(v)
	case unitShare:
		return Share(v)
	}
	return Number(v) + Thin + unit
}

// unitShare is the unit of what lies between 0 and 1.
const unitShare = "share"

// Share writes a share of 0..1 in percent. It never rounds a share that is not 1
// to 100 %, nor one that is not 0 to 0 %.
func Share(v float64) string {
	percent := v * 100
	switch {
	case percent > 0 && percent < 0.1:
		return "< 0.1" + Thin + "%"
	case percent < 100 && percent > 99.9:
		return "> 99.9" + Thin + "%"
	case percent == math.Trunc(percent):
		return strconv.FormatFloat(percent, 'f', 0, 64) + Thin + "%"
	}
	return strconv.FormatFloat(percent, 'f', 1, 64) + Thin + "%"
}

// Level writes a confidence level of 0..1 as 95 %, with the digits it has.
func Level(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e6)/1e4, 'f', -1, 64) + Thin + "%"
}

// Amount writes a value that people choose or count: a whole one without
// decimals, any other as Number does.
func Amount(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return Count(int64(v))
	}
	return Number(v)
}

// Limit writes a limit and its unit, which may be "".
func Limit(v float64, unit string) string {
	if unit == "" || unit == unitShare {
		return Quantity(v, unit)
	}
	return Amount(v) + Thin + unit
}

// noBreak is the no-break space.
const noBreak = "\u00a0"

// Interval writes a confidence interval, both ends as Number does.
func Interval(i record.Interval) string {
	between := "–"
	if i[0] < 0 || i[1] < 0 {
		between = "to" // a dash would be taken for a sign
	}
	return Number(i[0]) + noBreak + between + noBreak + Number(i[1])
}

// PValue writes a p-value; one below a thousandth is only said to be that.
func PValue(p float64) string {
	if p < 0.001 {
		return "< 0.001"
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

// Duration writes a time to the second: 1 h 4 min, 4 min 10 s, 12 s.
func Duration(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s >= 3600:
		return fmt.Sprintf("%d h %d min", s/3600, s%3600/60)
	case s >= 60 && s%60 > 0:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	case s >= 60:
		return fmt.Sprintf("%d min", s/60)
	}
	return fmt.Sprintf("%d s", s)
}
