package verdict

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// spoken is a dimension's name in a sentence.
func spoken(dimension string) string { return strings.ReplaceAll(dimension, "_", " ") }

// enumerate joins names as a sentence does.
func enumerate(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// percent writes a share: 97 %, 99.95 %, 0.5 %.
func percent(share float64) string {
	return strconv.FormatFloat(share*100, 'g', 4, 64) + " %"
}

// figure writes a number of some unit with three or four digits.
func figure(v float64, unit string) string {
	if unit == "share" {
		return percent(v)
	}
	var text string
	switch {
	case v >= 100 || v <= -100:
		text = strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10 || v <= -10:
		text = strconv.FormatFloat(v, 'f', 1, 64)
	default:
		text = strconv.FormatFloat(v, 'g', 3, 64)
	}
	return text + " " + unit
}

// amount is an engine's number in a dimension, with its unit.
func amount(d record.Dimension, engine string) string {
	return figure(d.Values[engine], unitOf(d.Metric))
}

func unitOf(metric string) string {
	switch metric {
	case metricSuccess:
		return "share"
	case metricOutputRate:
		return "tokens/s"
	case metricRequests, metricCapacity:
		return "requests/s"
	}
	return "ms"
}

// lead says by how much a dimension's winner leads the second: a third less time
// is 33 % sooner.
func lead(d record.Dimension) string {
	second := runnerUp(d, *d.Winner)
	best, other := d.Values[*d.Winner], d.Values[second]
	if second == "" || best == 0 || other == 0 {
		return "the best " + spoken(d.Name)
	}
	switch d.Name {
	case record.DimensionThroughput:
		return fmt.Sprintf("%.0f %% more %s than %s", (best/other-1)*100, made(d.Metric), second)
	case record.DimensionReliability:
		return fmt.Sprintf("%s of requests answered, %s %s", percent(best), second, percent(other))
	case record.DimensionSteadiness:
		return fmt.Sprintf("%.0f %% less time per token than %s at %s", (1-best/other)*100, second, d.Statistic)
	case record.DimensionTail:
		return fmt.Sprintf("its first token %.0f %% sooner than %s's at %s", (1-best/other)*100, second, d.Statistic)
	}
	return fmt.Sprintf("its first token %.0f %% sooner than %s's", (1-best/other)*100, second)
}

func made(metric string) string {
	if metric == metricCapacity {
		return "requests per second within the SLO"
	}
	return "output tokens per second"
}

// count writes a number of things: 1 request, 5 requests.
func count(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.FormatInt(n, 10) + " " + thing + "s"
}
