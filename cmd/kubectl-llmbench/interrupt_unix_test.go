//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestASecondInterruptEndsAtOnce interrupts a run whose closing table nobody
// reads: the first signal ends the measuring, and only the second the program,
// which waits for its reader.
func TestASecondInterruptEndsAtOnce(t *testing.T) {
	reader, writer := fullPipe(t)
	defer reader.Close() //nolint:errcheck // nobody reads it
	dir := t.TempDir()
	cmd := exec.Command(program, "custom", "--simulate", "--config", longConfig(t, dir), "--output-dir", dir) //nolint:gosec,noctx // it is interrupted below
	cmd.Stdout = writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); cmd.Wait() }() //nolint:errcheck,gosec // its state is looked at
	poll(t.Fatalf, func() bool { return lines(filepath.Join(dir, "latest", "raw", "samples.jsonl")) > 5 })
	interruptNow(t, cmd)
	poll(t.Fatalf, func() bool { return lines(filepath.Join(dir, "latest", "processed", "summary.json")) > 5 })
	select {
	case <-ended:
		t.Fatalf("the first interrupt ended a program that had not shown its results: %v", cmd.ProcessState)
	case <-time.After(300 * time.Millisecond): // it waits for its reader
	}
	interruptNow(t, cmd)
	<-ended
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v, want the signal itself", cmd.ProcessState)
	}
}

func longConfig(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "long.yaml")
	text := "test_scenarios: {ttft: {iterations: 100000, warmup_iterations: 0, max_tokens: 2}, load_tests: []}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fullPipe returns a pipe that takes not one byte more.
func fullPipe(t *testing.T) (reader, writer *os.File) {
	t.Helper()
	var ends [2]int
	if err := syscall.Pipe(ends[:]); err != nil {
		t.Fatal(err)
	}
	if err := syscall.SetNonblock(ends[1], true); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := syscall.Write(ends[1], make([]byte, 4096)); err != nil {
			break
		}
	}
	if err := syscall.SetNonblock(ends[1], false); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(ends[0]), "reader"), os.NewFile(uintptr(ends[1]), "writer") //nolint:gosec // descriptors are not negative
}

func interruptNow(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
}

func lines(path string) int {
	data, err := os.ReadFile(path) //nolint:gosec // a test's own file
	if err != nil {
		return 0
	}
	return strings.Count(string(data), "\n")
}
