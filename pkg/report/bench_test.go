package report

import (
	"math/rand/v2"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// BenchmarkRecorder is what it costs to keep a sample, from handing it over to
// having it written: time that one of the client's processors is not free for
// measuring.
func BenchmarkRecorder(b *testing.B) {
	d, err := Create(b.TempDir(), "bench", start)
	if err != nil {
		b.Fatal(err)
	}
	r, err := NewRecorder(d, summary.New(exampleRun()), nil)
	if err != nil {
		b.Fatal(err)
	}
	s := sample(rand.New(rand.NewPCG(1, 1)), 1, "vllm", "load")
	b.ReportAllocs()
	for b.Loop() {
		r.Sample(s)
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
}
