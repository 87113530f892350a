//go:build unix

package durability

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// elsewhere is where the program says that results are.
var elsewhere = regexp.MustCompile(`takes no documents; they are in (\S+)`)

// whole checks the results of a run whose disk failed: all that was measured is
// in them, and where they are is said.
func whole(t *testing.T, e *engine, out, said *bytes.Buffer) (s record.Summary) {
	t.Helper()
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		t.Fatalf("standard output is no summary: %v\n%s", err, said)
	}
	measured := int64(0)
	for _, sc := range s.Scenarios {
		for _, r := range sc.Engines {
			measured += r.Requests
		}
	}
	const preflight = 1
	// The last requests of a load may be cancelled when its time is over.
	if ended := int64(len(e.completed(t))) - preflight; measured < ended {
		t.Errorf("%d requests in the results, the engine completed %d", measured, ended)
	}
	told := false
	for _, f := range s.Findings {
		told = told || f.ID == "disk" && f.Severity == record.SeverityError && f.Remedy != ""
	}
	if !told {
		t.Errorf("no finding says that the disk failed: %+v", s.Findings)
	}
	return s
}

// rescued reads the summary that was written elsewhere.
func rescued(t *testing.T, said *bytes.Buffer) {
	t.Helper()
	m := elsewhere.FindSubmatch(said.Bytes())
	if m == nil {
		t.Fatalf("nothing says where the results are:\n%s", said)
	}
	data, err := os.ReadFile(filepath.Join(string(m[1]), "processed", "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s record.Summary
	if err := json.Unmarshal(data, &s); err != nil || len(s.Scenarios) != 2 {
		t.Errorf("the rescued summary has %d scenarios: %v", len(s.Scenarios), err)
	}
}

func TestADirectoryThatVanishesCostsNoResult(t *testing.T) {
	t.Parallel()
	e, dir := newEngine(t), t.TempDir()
	cmd, out, said := start(t, e, dir, "3")
	poll(t, "a measured request", func() bool { return lines(filepath.Join(dir, "latest", "raw", "samples.jsonl")) > 5 })
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the exit code says that all is well")
	}
	if at := strings.Index(said.String(), "is gone"); at < 0 || at > strings.Index(said.String(), "takes no documents") {
		t.Errorf("that the directory is gone is not said while the run goes on:\n%s", said)
	}
	whole(t, e, out, said)
	rescued(t, said)
}

// mounting returns what a program is started with so that it sees a disk of its
// own: in a mount namespace of root's, or of a user namespace that anybody may have.
func mounting(t *testing.T, mount string) []string {
	t.Helper()
	var why error
	for _, namespaces := range [][]string{{"--mount"}, {"--user", "--map-root-user", "--mount"}} {
		wrap := append(append([]string{"unshare"}, namespaces...), "sh", "-c", mount+` && exec "$@"`, "sh")
		if why = exec.Command(wrap[0], append(wrap[1:len(wrap):len(wrap)], "true")...).Run(); why == nil { //nolint:gosec,noctx // a trial
			return wrap
		}
	}
	t.Skipf("no disk can be mounted here, neither by root nor in a user namespace: %v", why)
	return nil
}

// A directory that may only be read is no obstacle for root's programs, but a disk
// that is mounted so is.
func TestADiskThatMayOnlyBeReadIsSaidBeforeAnythingIsMeasured(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wrap := mounting(t, "mount --bind "+dir+" "+dir+" && mount -o remount,bind,ro "+dir)
	e := newEngine(t)
	cmd, _, said := start(t, e, dir, "1", wrap...)
	if err := cmd.Wait(); err == nil || !strings.Contains(said.String(), "read-only") || !strings.Contains(said.String(), "--output-dir") {
		t.Errorf("%v: %s", err, said)
	}
	if n := len(e.completed(t)); n > 0 {
		t.Errorf("%d requests were sent although nothing could be kept", n)
	}
}

func TestAFullDiskCostsNoResult(t *testing.T) {
	t.Parallel()
	small := t.TempDir()
	wrap := mounting(t, "mount -t tmpfs -o size=64k tmpfs "+small)
	e := newEngine(t)
	cmd, out, said := start(t, e, small, "3", wrap...)
	if err := cmd.Wait(); err == nil {
		t.Error("the exit code says that all is well")
	}
	if !strings.Contains(said.String(), "no space left on device; the results in memory are kept") {
		t.Errorf("that the disk is full is not said:\n%s", said)
	}
	whole(t, e, out, said)
	rescued(t, said)
}

func TestADirectoryThatCannotBeWrittenIsSaidBeforeAnythingIsMeasured(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	e := newEngine(t)
	cmd, _, said := start(t, e, dir, "1")
	if err := cmd.Wait(); err == nil || !strings.Contains(said.String(), "--output-dir") {
		t.Errorf("%v: %s", err, said)
	}
	if n := len(e.completed(t)); n > 0 {
		t.Errorf("%d requests were sent although nothing could be kept", n)
	}
}
