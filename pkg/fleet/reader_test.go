package fleet

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// atOnce is how many of the tests run at once that measure for seconds over loopback:
// they wait far more than they compute.
const atOnce = "8"

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", atOnce); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// sampled is the log of a worker that sent n samples and a block whose state is
// longer than a line.
func sampled(t testing.TB, n int) (log []byte, samples []record.Sample, block record.Block) {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(3, &b)
	w.Say(Message{Hello: &Hello{Worker: 3, RunID: "run"}})
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // it makes texts that do not compress
	noise := make([]byte, 30<<10)
	for i := range noise {
		noise[i] = byte('!' + random.IntN(90))
	}
	block = record.Block{ID: "b", GapHistogram: string(noise), Done: true}
	for i := range n {
		s := record.Sample{RequestID: fmt.Sprintf("r-%d", i), Seq: int64(i), Status: record.StatusOK, Attempt: 1, TTFTMS: record.Some(random.Float64() * 100)}
		samples = append(samples, s)
		w.Sample(s)
	}
	w.Block(block)
	if err := w.Close(Final{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), samples, block
}

// read is what a Reader makes of a log that it may have to read twice.
func read(r *Reader, logs ...[]byte) (samples []record.Sample, blocks []record.Block, final *Final, gaps int) {
	for _, log := range logs {
		for text := range bytes.Lines(log) {
			if !bytes.HasSuffix(text, []byte("\n")) {
				break
			}
			m, err := r.Line(bytes.TrimSuffix(text, []byte("\n")))
			if errors.Is(err, ErrGap) {
				gaps++
				break
			}
			if m != nil {
				samples, blocks = append(samples, m.Samples...), append(blocks, m.Blocks...)
				if m.Final != nil {
					final = m.Final
				}
			}
		}
	}
	return samples, blocks, final, gaps
}

func TestALogIsReadAsItWasWritten(t *testing.T) {
	log, want, block := sampled(t, 600)
	for text := range bytes.Lines(log) {
		if len(text) > 15<<10 {
			t.Errorf("a line has %d bytes, and runtimes cut them at 16 KiB", len(text))
		}
	}
	for name, logs := range map[string][][]byte{
		"once":                   {log},
		"twice":                  {log, log},
		"broken off within":      {log[:len(log)/2], log},
		"broken off often":       {log[:len(log)/3], log[:len(log)/2], log[:10], log},
		"with other lines in it": {bytes.Replace(log, []byte("\nllmbench/1 3 1 "), []byte("\nlevel=info hello\n\nllmbench/1 3 1 "), 1)},
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(3)
			samples, blocks, final, gaps := read(r, logs...)
			if diff := cmp.Diff(want, samples); diff != "" {
				t.Errorf("samples (-written +read):\n%s", diff)
			}
			if diff := cmp.Diff([]record.Block{block}, blocks); diff != "" {
				t.Errorf("blocks (-written +read):\n%.300s", diff)
			}
			if final == nil || final.Samples != int64(len(want)) || gaps > 0 || r.Missing > 0 {
				t.Errorf("final %+v, %d gaps, %d missing", final, gaps, r.Missing)
			}
		})
	}
}

// withoutLine takes one line out of a log, or damages it.
func withoutLine(log []byte, n int, damage bool) []byte {
	lines := bytes.SplitAfter(bytes.Clone(log), []byte("\n"))
	if damage {
		lines[n][len(lines[n])/2] ^= 1
		return bytes.Join(lines, nil)
	}
	return bytes.Join(append(lines[:n:n], lines[n+1:]...), nil)
}

func TestAMissingLineIsReadAgainAndThenCounted(t *testing.T) {
	log, want, _ := sampled(t, 600)
	for _, damage := range []bool{false, true} {
		for n := range bytes.Count(log, []byte("\n")) - 1 {
			holed := withoutLine(log, n, damage)
			r := NewReader(3)
			if samples, _, final, gaps := read(r, holed, log); len(samples) != len(want) || final == nil || gaps != 1 || r.Missing != 0 {
				t.Errorf("line %d, damaged %t, whole when read again: %d samples, final %v, %d gaps, %d missing", n, damage, len(samples), final, gaps, r.Missing)
			}
			r = NewReader(3)
			samples, blocks, final, gaps := read(r, holed, holed)
			if final == nil || gaps != 1 || r.Missing == 0 {
				t.Errorf("line %d, damaged %t, lost: final %v, %d gaps, %d missing", n, damage, final, gaps, r.Missing)
			}
			if n > 0 && len(samples) == len(want) && len(blocks) == 1 {
				t.Errorf("line %d, damaged %t: nothing lacks without it", n, damage)
			}
		}
	}
}

// A log that was rotated begins within a message.
func TestARotatedLogBeginsAnywhere(t *testing.T) {
	log, want, _ := sampled(t, 600)
	lines := bytes.SplitAfter(log, []byte("\n"))
	for n := 1; n < len(lines)-1; n++ {
		r := NewReader(3)
		rest := bytes.Join(lines[n:], nil)
		samples, _, final, _ := read(r, rest, rest)
		if final == nil || r.Missing < int64(n) || len(samples) > len(want) {
			t.Errorf("from line %d: %d samples, final %v, %d missing", n, len(samples), final, r.Missing)
		}
	}
}

func TestWhatIsNoWorkersIsKept(t *testing.T) {
	r := NewReader(0)
	for i := range 30 {
		if m, err := r.Line(fmt.Appendf(nil, "panic %d", i)); m != nil || err != nil {
			t.Fatal(m, err)
		}
	}
	if got := r.Other(); len(got) != keptOther || got[keptOther-1] != "panic 29" {
		t.Errorf("kept %q", got)
	}
}

// slowLog holds each write up until it is let go.
type slowLog struct{ let chan struct{} }

func (s slowLog) Write(p []byte) (int, error) { <-s.let; return len(p), nil }

// A runtime that does not take the log holds up nobody who measures.
func TestALogThatStandsStillHoldsUpNobody(t *testing.T) {
	s := slowLog{make(chan struct{})}
	w := NewWriter(0, s)
	w.Say(Message{Hello: &Hello{}})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 10_000 {
			w.Sample(record.Sample{Seq: int64(i), RequestID: strings.Repeat("x", 100)})
			w.Block(record.Block{ID: "b"})
		}
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Error("samples waited for the log")
	}
	close(s.let)
	if err := w.Close(Final{}); err != nil {
		t.Error(err)
	}
}

func TestALogThatFailsIsTold(t *testing.T) {
	r, in := io.Pipe()
	r.Close() //nolint:errcheck,gosec // so that writing fails
	w := NewWriter(0, in)
	w.Sample(record.Sample{})
	if err := w.Close(Final{}); err == nil {
		t.Error("it is taken for written")
	}
}

func FuzzReader(f *testing.F) {
	log, _, _ := sampled(f, 50)
	f.Add(log)
	f.Add([]byte("llmbench/1 0 0 <> e30 00000000\n"))
	f.Add([]byte("hello\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewReader(3)
		for range 2 {
			for text := range bytes.Lines(data) {
				if _, err := r.Line(bytes.TrimSuffix(text, []byte("\n"))); err != nil && !errors.Is(err, ErrGap) {
					t.Fatal(err)
				}
			}
		}
		if r.Missing < 0 {
			t.Errorf("%d lines are missing", r.Missing)
		}
	})
}
