// Command bench shows what the client costs and how true its stamps are, as
// ratios and differences within one run, because absolute times of a shared
// machine say little.
//
// Part one floods the client with frames and prints its CPU time per million of
// them beside two bare readers of the same streams. Part two lets simulated
// engines, in processes of their own, keep a truth log, and prints by how much
// the measured times differ from it, with the kernel's clock and with the
// user's. Run it with `make bench`.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

// settings are the flags.
type settings struct {
	streams []int
	perCost time.Duration
	perTrue time.Duration
	binary  string
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
	streams := flag.String("streams", "1,50,500", "Numbers of concurrent streams")
	flag.DurationVar(&s.perCost, "cost", 4*time.Second, "Time of each flood")
	flag.DurationVar(&s.perTrue, "truth", 8*time.Second, "Time of each comparison with a truth log")
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
	if err := costs(ctx, s); err != nil {
		return err
	}
	return truths(ctx, s)
}
