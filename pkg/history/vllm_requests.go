package history

import (
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// vllmDetail is what --save-detailed adds: an entry for each request, failed ones
// included, in the order in which they were to be sent. Times are in seconds.
type vllmDetail struct {
	ttfts, starts         []loose
	itls                  [][]float64
	inputLens, outputLens []loose
	errors                []string
}

func (d document) vllmDetail() (v vllmDetail, err error) {
	for _, l := range []struct {
		key  string
		into any
	}{
		{"ttfts", &v.ttfts}, {"start_times", &v.starts}, {"itls", &v.itls},
		{"input_lens", &v.inputLens}, {"output_lens", &v.outputLens}, {"errors", &v.errors},
	} {
		if err := d.list(l.key, l.into); err != nil {
			return v, err
		}
	}
	return v, nil
}

// vllmRequests reads single requests. Lists that do not fit each other or the
// file's own count are not used, because nobody could say which request is which.
func (d document) vllmRequests(l *load, warn func(string, ...any)) error {
	v, err := d.vllmDetail()
	if err != nil {
		return err
	}
	n := len(v.ttfts)
	if n == 0 {
		warn("it holds no single requests (--save-detailed), so nothing tells how much its latencies vary")
		return nil
	}
	fits := len(v.outputLens) == n && len(v.errors) == n && (len(v.itls) == n || len(v.itls) == 0)
	requests, succeeded := v.requests(fits)
	if !fits || succeeded != l.succeeded {
		warn("its single requests do not agree with its count of %d that succeeded, so they are not used", l.succeeded)
		return nil
	}
	l.requests, l.failed = requests, int64(n)-succeeded
	l.durationS = d.number("duration").measured(1).Or(0)
	return nil
}

func (v vllmDetail) requests(fit bool) (all []request, succeeded int64) {
	if !fit {
		return nil, 0
	}
	first := math.Inf(1)
	for _, s := range v.starts {
		first = math.Min(first, s.value)
	}
	for i := range v.ttfts {
		r := v.request(i)
		if len(v.starts) == len(v.ttfts) && v.starts[i].known {
			r.startMS = record.Some((v.starts[i].value - first) * 1000)
		}
		if r.status == record.StatusOK {
			succeeded++
		}
		all = append(all, r)
	}
	return all, succeeded
}

// request is one request. It succeeded where it has no error and a first chunk:
// the reason of an HTTP failure may be "". Its end is the first chunk and all gaps
// after it, as in serve.py's timeline; latencies of older versions reach to the
// chunk with the usage, which holds no token.
func (v vllmDetail) request(i int) request {
	r := request{ttftMS: v.ttfts[i].positive(1000)}
	if v.errors[i] != "" || !r.ttftMS.Known() {
		return request{status: failedSomehow}
	}
	r.status = record.StatusOK
	tokens, counted := v.outputLens[i].count()
	if counted && tokens > 0 {
		r.outputTokens = record.Some(tokens)
	}
	if len(v.inputLens) == len(v.ttfts) {
		if n, ok := v.inputLens[i].count(); ok && n > 0 {
			r.promptTokens = record.Some(n)
		}
	}
	if len(v.itls) == 0 {
		return r
	}
	rest := 0.0
	for _, gap := range v.itls[i] {
		rest += gap
	}
	if rest < 0 {
		return r
	}
	r.e2eMS = record.Some(r.ttftMS.Or(0) + rest*1000)
	// A backend that does not stream leaves no gaps: that is no pace of 0.
	if counted && tokens > 1 && rest > 0 {
		r.tpotMS = record.Some(rest * 1000 / float64(tokens-1))
	}
	return r
}

// failedSomehow stands for a failure whose class the file does not tell; the
// classes are taken out of the summary again.
const failedSomehow = record.StatusErrorInStream
