// Command bench shows what the client costs and how true its stamps are, as
// ratios and differences within one run, because absolute times of a shared
// machine say little.
//
// It floods the client with frames and prints its CPU time per million of them
// beside two bare readers of the same streams. It lets simulated engines, in
// processes of their own, keep a truth log, and prints by how much the measured
// times differ from it, with the kernel's clock and with the user's. It sends at
// a rate and prints how late requests went out, holds thousands of streams open
// at once, sums up a million samples, merges the logs of a thousand workers, and
// times the program's start and a search of the rig's cluster. Run it with
// `make bench`.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// settings are the flags.
type settings struct {
	streams []int
	perCost time.Duration
	perTrue time.Duration
	perRate time.Duration
	rate    float64
	open    int
	samples int
	starts  int
	workers int
	gaps    int64
	// searches of the cluster of kubeconfig are timed.
	searches   int
	kubeconfig string
	binary     string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == floodMode {
		if err := serveFlood(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "flood:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	var s settings
	streams := flag.String("streams", "1,50,500,2000", "Numbers of concurrent streams")
	flag.DurationVar(&s.perCost, "cost", 4*time.Second, "Time of each flood")
	flag.DurationVar(&s.perTrue, "truth", 8*time.Second, "Time of each comparison with a truth log")
	flag.DurationVar(&s.perRate, "slip", 10*time.Second, "Time of each load at a rate")
	flag.Float64Var(&s.rate, "rate", 500, "Requests per second of the loads at a rate")
	flag.IntVar(&s.open, "open", 5000, "Streams to hold open at once")
	flag.IntVar(&s.samples, "samples", 1_000_000, "Samples to sum up")
	flag.IntVar(&s.workers, "workers", 1000, "Workers whose logs to merge")
	flag.Int64Var(&s.gaps, "gaps", 100_000_000, "Gaps that they have in all")
	flag.IntVar(&s.starts, "starts", 21, "Calls of --help to time")
	flag.IntVar(&s.searches, "searches", 11, "Calls of discover-services to time")
	flag.StringVar(&s.kubeconfig, "kubeconfig", "test/cluster/run/control/admin.conf", "Cluster to search; that of make cluster-up")
	flag.StringVar(&s.binary, "binary", "", "The plugin's binary, for its simulators; built where empty")
	flag.Parse()
	for _, text := range strings.Split(*streams, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("--streams %q: want numbers with commas between", *streams)
		}
		s.streams = append(s.streams, n)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return everything(ctx, s)
}

// everything runs each part that was not switched off with a 0.
func everything(ctx context.Context, s settings) error {
	work, err := os.MkdirTemp("", "llmbench-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // a temporary folder
	if s.binary == "" {
		if s.binary, err = buildPlugin(ctx, work); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		on  bool
		run func() error
	}{
		{s.perCost > 0, func() error { return costs(ctx, s) }},
		{s.perTrue > 0, func() error { return truths(ctx, s, work) }},
		{s.perRate > 0, func() error { return slips(ctx, s) }},
		{s.open > 0, func() error { return manyStreams(ctx, s) }},
		{s.samples > 0, func() error { return sumUp(s.samples) }},
		{s.workers > 0, func() error { return mergeFleet(s.workers, s.gaps) }},
		{s.starts > 0, func() error { return startUp(ctx, s.starts, work) }},
		{s.searches > 0, func() error { return discovery(ctx, s) }},
	} {
		if !part.on {
			continue
		}
		if err := part.run(); err != nil {
			return err
		}
	}
	return nil
}

// buildPlugin builds the program whose simulators are measured.
func buildPlugin(ctx context.Context, folder string) (string, error) {
	binary := filepath.Join(folder, "kubectl-llmbench")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/kubectl-llmbench") //nolint:gosec // our own program
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("build the simulator: %w", err)
	}
	return binary, nil
}
