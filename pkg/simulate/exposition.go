package simulate

import (
	"net/http"
	"strconv"
	"strings"
)

// exposition writes Prometheus' text format, version 0.0.4.
type exposition struct {
	strings.Builder
	// float writes a number as the engine's client library does.
	float func(float64) string
}

// typeMetrics is the media type of the text format.
const typeMetrics = "text/plain; version=0.0.4; charset=utf-8"

// metrics answers /metrics with what write puts into the exposition while the
// engine stands still.
func (s *Server) metrics(write func(*Server, *exposition)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		e := &exposition{}
		s.pump.mu.Lock()
		write(s, e)
		s.pump.mu.Unlock()
		refusal{status: http.StatusOK, media: typeMetrics, body: e.String()}.write(w)
	}
}

// family begins a family. help may be "".
func (e *exposition) family(name, kind, help string) {
	if help != "" {
		e.WriteString("# HELP " + name + " " + help + "\n")
	}
	e.WriteString("# TYPE " + name + " " + kind + "\n")
}

// sample writes one sample. labels stand as they are to appear, "" for none.
func (e *exposition) sample(name, labels string, v float64) {
	e.WriteString(name)
	if labels != "" {
		e.WriteString("{" + labels + "}")
	}
	e.WriteString(" " + e.float(v) + "\n")
}

// buckets writes a histogram's samples; around puts the bucket's bound among
// the labels.
func (e *exposition) buckets(name, labels string, h *histogram, around func(le string) string) {
	var below uint64
	for i, n := range h.counts {
		below += n
		le := "+Inf"
		if i < len(h.bounds) {
			le = python(h.bounds[i])
		}
		e.sample(name+"_bucket", around(le), float64(below))
	}
	e.sample(name+"_count", labels, float64(h.n))
	e.sample(name+"_sum", labels, h.sum)
}

// python writes a number as repr does: 1 is 1.0.
func python(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// rust writes a number as Rust's Display does: 1 is 1.
func rust(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
