package faults

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

var (
	hosts         = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	servers       = regexp.MustCompile(` on [0-9.:\[\]a-f]+:53`)
	instants      = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.Z+-]+`)
	framesCounted = regexp.MustCompile(`after \d+( token)? frames`)
)

// TestMain lets many stands run at once: most of them wait.
func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "20") //nolint:errcheck,gosec // it is a flag of every test
	goleak.VerifyTestMain(m)
}

// kinds are the columns.
var kinds = []engine.Kind{engine.VLLM, engine.TGI, engine.Ollama, engine.OpenAI}

// table holds what was seen, by fault and kind.
type table struct {
	mu    sync.Mutex
	cells map[string]string
}

func (a *table) set(f fault, kind engine.Kind, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cells[f.name+"/"+string(kind)] = text
}

func TestMatrix(t *testing.T) {
	ids, all := newIdentities(t), catalogue(t)
	seen := &table{cells: map[string]string{}}
	t.Run("cells", func(t *testing.T) {
		for _, f := range all {
			for _, kind := range kinds {
				t.Run(f.name+"/"+string(kind), func(t *testing.T) {
					t.Parallel()
					seen.set(f, kind, try(t, f, kind, ids))
				})
			}
		}
	})
	if t.Failed() || len(seen.cells) != len(all)*len(kinds) {
		return // a part of the matrix is no table
	}
	golden.Check(t, filepath.Join("..", "..", "docs", "faults.md"), document(t, all, seen))
}

// try runs one cell and returns what the table says of it.
func try(t *testing.T, f fault, kind engine.Kind, ids *identities) string {
	t.Helper()
	s := newStand(t, kind, f, ids)
	samples := s.run(f, ids)
	truths := s.truths()
	once := map[int64]bool{}
	var texts []string
	for _, sample := range samples {
		if once[sample.Seq] {
			t.Errorf("request %d has two samples", sample.Seq)
		}
		once[sample.Seq] = true
		if isStruck(sample.Seq) {
			texts = append(texts, struck(t, f, kind, sample, truths[sample.RequestID]))
			continue
		}
		if err := intact(sample, truths[sample.RequestID]); err != nil {
			t.Errorf("request %d: %v", sample.Seq, err)
		}
	}
	if len(samples) != requests {
		t.Fatalf("%d samples, want %d", len(samples), requests)
	}
	if _, finds := f.marked(kind); s.found[finds] != min(len(finds), 1) || len(s.found) > 1 && finds != "" {
		t.Errorf("findings %v, want %q once", s.found, finds)
	}
	if texts[0] != texts[1] {
		t.Errorf("the same fault has two texts:\n%s\n%s", texts[0], texts[1])
	}
	return texts[0]
}

// struck checks the sample of a request that was spoiled.
func struck(t *testing.T, f fault, kind engine.Kind, sample record.Sample, told truth) string {
	t.Helper()
	want := f.class(kind)
	if sample.Status != want {
		t.Fatalf("class %s, want %s: %+v", sample.Status, want, sample.Error)
	}
	if want == record.StatusOK {
		if f.check != nil {
			if err := f.check(sample, told); err != nil {
				t.Error(err)
			}
		}
		fine, _ := f.marked(kind)
		return cell("ok", fine)
	}
	message := sample.Error.Message
	what, todo, said := strings.Cut(message, "; ")
	if !said || what == "" || todo == "" {
		t.Errorf("the message does not say what happened and what to do: %q", message)
	}
	if !strings.Contains(message, f.says) {
		t.Errorf("message %q, want %q in it", message, f.says)
	}
	if strings.Contains(message, token) {
		t.Errorf("the engine's token stands in a message: %q", message)
	}
	return cell(string(sample.Status), shown(message))
}

// elsewhereTested are faults that other tests make, with the same client
// whatever the engine.
var elsewhereTested = []struct{ name, file, test string }{
	{"the clock is set during the run", "pkg/wire/clock_test.go", "TestAStepOfTheClockCostsOneReadItsStamp"},
	{"the pod behind a tunnel is replaced (rolling update)", "test/e2e/nodes_test.go", "TestATunnelLeadsToThePodThatTakesOver"},
	{"the pod behind a tunnel is deleted", "test/e2e/tunnel_test.go", "TestTunnelLeavesAPodThatIsGone"},
	{"a tunnel's connection breaks", "test/e2e/tunnel_test.go", "TestTunnelSurvivesALostConnection"},
	{"the API server goes away and comes back", "test/e2e/outage_test.go", "TestARunOutlivesAnOutageOfTheAPIServer"},
}

const preamble = `# What happens when something breaks

` + "`go test ./test/faults -update`" + ` writes this table from what it sees. Each fault
strikes the third and the fifth of seven requests to each kind of engine; the
test fails where a class or a message is another, where any of the five healthy
requests is not measured as the engine itself saw it, and where anything hangs.

A cell has the [class of the request](metrics.md#how-a-request-ends) and what
the program says. HOST:PORT, SERVER, TIME and N stand for what differs from run to run.
`

// document writes the table.
func document(t *testing.T, all []fault, seen *table) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(preamble)
	b.WriteString("\n| fault |")
	for _, kind := range kinds {
		fmt.Fprintf(&b, " %s |", kind)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(kinds)) + "\n")
	for _, f := range all {
		fmt.Fprintf(&b, "| %s |", f.name)
		for _, kind := range kinds {
			text := seen.cells[f.name+"/"+string(kind)]
			if text == "" {
				t.Errorf("no cell for %s with %s", f.name, kind)
			}
			fmt.Fprintf(&b, " %s |", text)
		}
		b.WriteString("\n")
	}
	b.WriteString("\nThese do not depend on the engine's kind, and have tests of their own:\n\n| fault | test |\n|---|---|\n")
	for _, e := range elsewhereTested {
		fmt.Fprintf(&b, "| %s | `%s` in [%s](../%s) |\n", e.name, e.test, e.file, e.file)
	}
	return b.Bytes()
}

func TestWhatIsTestedElsewhereIsThere(t *testing.T) {
	for _, e := range elsewhereTested {
		text, err := os.ReadFile(filepath.Join("..", "..", e.file))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "\nfunc "+e.test+"(t *testing.T)") {
			t.Errorf("%s has no %s", e.file, e.test)
		}
	}
}
