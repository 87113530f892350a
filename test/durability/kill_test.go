//go:build unix

package durability

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
)

// grace is how long before the kill a request must have ended to be on the
// disk: the interval at which samples are forced to it. Each is handed to the
// system as it comes, so that only a machine that dies can lose that much.
const grace = time.Second

// kills is how often the program is killed.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("LLMBENCH_KILLS")
	if text == "" {
		return 20
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("LLMBENCH_KILLS=%q is no number of kills", text)
	}
	return n
}

func TestAKillAtAnyInstantKeepsWhatWasMeasured(t *testing.T) {
	n := kills(t)
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the instants may be told beforehand
	t.Run("kills", func(t *testing.T) {
		for i := range n {
			after := time.Duration(rng.Int64N(int64(2500 * time.Millisecond)))
			t.Run(fmt.Sprintf("%d-%v", i, after.Round(time.Millisecond)), func(t *testing.T) {
				t.Parallel()
				killAfter(t, after)
			})
		}
	})
}

// killAfter lets a run live so long and looks at what it left.
func killAfter(t *testing.T, after time.Duration) {
	t.Helper()
	e, dir := newEngine(t), t.TempDir()
	cmd, _, _ := start(t, e, dir, "60")
	time.Sleep(after)
	killed := time.Now()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() //nolint:errcheck,gosec // it was killed
	latest := filepath.Join(dir, "latest")
	kept := readBack(t, latest)
	for id, ended := range e.completed(t) {
		if killed.Sub(ended) > grace && kept[id] == 0 {
			t.Errorf("%s ended %v before the kill and is lost", id, killed.Sub(ended))
		}
	}
	for id, n := range kept {
		if n > 1 {
			t.Errorf("%s is there %d times", id, n)
		}
	}
	if len(kept) == 0 {
		return // nothing had begun
	}
	if out, err := exec.Command(program, "report", latest, "-o", "json").CombinedOutput(); err != nil { //nolint:gosec,noctx // our own program
		t.Errorf("report does not open it: %v\n%s", err, out)
	}
}

// readBack counts the samples of a directory by request, as whoever reads
// results does.
func readBack(t *testing.T, dir string) map[string]int {
	t.Helper()
	kept := map[string]int{}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(report.SamplesFile))) //nolint:gosec // a test's own file
	if os.IsNotExist(err) {
		return kept
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := record.ReadSamples(f, func(s record.Sample) { kept[s.RequestID]++ }); err != nil {
		t.Errorf("the samples cannot be read: %v", err)
	}
	return kept
}
