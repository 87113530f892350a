package slo

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// example is what messages show.
const example = "ttft:p95<500ms,tpot:p95<50ms,success>=99%"

// maxLimits and maxText bound what is read.
const (
	maxLimits = 16
	maxText   = 1000
)

// mostMS is the longest latency that can be limited, a week.
const mostMS = 7 * 24 * 3600 * 1000

// Parse reads limits that are separated by commas. A latency has a statistic
// and a limit with its unit, ms or s; < and <= mean the same, that the limit
// itself is kept. success has the least share, in percent. No two limits are
// about the same statistic.
func Parse(text string) (SLO, error) {
	if len(text) > maxText {
		return nil, fmt.Errorf("an SLO of %d bytes: want at most %d, as %s", len(text), maxText, example)
	}
	var all SLO
	for part := range strings.SplitSeq(text, ",") {
		l, err := parseLimit(strings.Join(strings.Fields(part), ""))
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(o Limit) bool { return o.Metric == l.Metric && o.Statistic == l.Statistic }) {
			return nil, fmt.Errorf("the SLO limits %s twice", strings.TrimSuffix(l.Metric+":"+l.Statistic, ":"))
		}
		if all = append(all, l); len(all) > maxLimits {
			return nil, fmt.Errorf("the SLO has more than %d limits", maxLimits)
		}
	}
	return all, nil
}

func parseLimit(text string) (Limit, error) {
	if text == "" {
		return Limit{}, fmt.Errorf("the SLO is empty, or has an empty limit: want one as %s", example)
	}
	at := strings.IndexAny(text, "<>=")
	if at < 0 {
		return Limit{}, fmt.Errorf("%q has no limit: want it as %s", text, example)
	}
	name, rest := text[:at], text[at:]
	value := strings.TrimLeft(rest, "<>=")
	operator := rest[:len(rest)-len(value)]
	if name == Success {
		return parseSuccess(text, operator, value)
	}
	return parseLatency(text, name, operator, value)
}

func parseSuccess(text, operator, value string) (Limit, error) {
	if operator != ">=" && operator != ">" {
		return Limit{}, fmt.Errorf("%q: the share of success is limited from below, as success>=99%%", text)
	}
	digits, percent := strings.CutSuffix(value, "%")
	v, err := number(digits)
	if !percent || err != nil || v <= 0 || v >= 100 {
		return Limit{}, fmt.Errorf("%q: want a share above 0%% and below 100%%, as success>=99%%; no sample shows that every request will succeed", text)
	}
	return Limit{Metric: Success, MinPercent: v}, nil
}

func parseLatency(text, name, operator, value string) (Limit, error) {
	metric, statistic, _ := strings.Cut(name, ":")
	statistic = strings.Replace(statistic, "p99.9", "p99_9", 1)
	if !slices.Contains(metrics, metric) {
		return Limit{}, fmt.Errorf("%q: unknown metric %q: want %s or %s", text, metric, strings.Join(metrics, ", "), Success)
	}
	if _, known := quantiles[statistic]; !known {
		return Limit{}, fmt.Errorf("%q: unknown statistic %q: want one of %s, as %s:p95<500ms", text, statistic, strings.Join(slices.Sorted(maps.Keys(quantiles)), ", "), metric)
	}
	if operator != "<" && operator != "<=" {
		return Limit{}, fmt.Errorf("%q: a latency is limited from above, as %s:%s<500ms", text, metric, statistic)
	}
	ms, err := milliseconds(value)
	if err != nil {
		return Limit{}, fmt.Errorf("%q: %w", text, err)
	}
	return Limit{Metric: metric, Statistic: statistic, MaxMS: ms}, nil
}

// milliseconds reads a time with its unit, because a bare number has been
// taken for either.
func milliseconds(value string) (float64, error) {
	unit := 1.0
	digits, found := strings.CutSuffix(value, "ms")
	if !found {
		digits, found = strings.CutSuffix(value, "s")
		unit = 1000
	}
	v, err := number(digits)
	v *= unit
	if !found || err != nil || v <= 0 || v > mostMS {
		return 0, fmt.Errorf("%q is no time above 0 with its unit: want 500ms or 0.5s", value)
	}
	return v, nil
}

// number reads digits with at most one point: ParseFloat alone would take hex,
// underscores and infinities.
func number(digits string) (float64, error) {
	if strings.Trim(digits, "0123456789.") != "" {
		return math.NaN(), fmt.Errorf("%q is no number", digits)
	}
	return strconv.ParseFloat(digits, 64)
}
