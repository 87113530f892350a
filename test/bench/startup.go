package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// Bounds that the plugin promises, see docs/performance.md.
const (
	mostStartup = 60 * time.Millisecond
	mostBytes   = 60_000_000
)

// startUp prints how large the program is that users get, and how long it takes
// to say what it does: what each call costs before it does anything.
func startUp(ctx context.Context, calls int, folder string) error {
	binary := filepath.Join(folder, "kubectl-llmbench-released")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./cmd/kubectl-llmbench") //nolint:gosec // our own program
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the program as it is released: %w", err)
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	took := make([]time.Duration, calls)
	for i := range took {
		began := time.Now()
		if err := exec.CommandContext(ctx, binary, "--help").Run(); err != nil { //nolint:gosec // our own program
			return fmt.Errorf("call --help: %w", err)
		}
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	fmt.Printf("start-up, %d calls of --help: least %s, median %s (promised: %s); the program has %.1f MB (promised: %d MB)\n",
		calls, took[0].Round(100*time.Microsecond), took[calls/2].Round(100*time.Microsecond), mostStartup, float64(info.Size())/1e6, mostBytes/1_000_000)
	return nil
}
