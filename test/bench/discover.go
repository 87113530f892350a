package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// mostDiscovery is how long discover-services may take beside the API server's
// own time, see docs/performance.md.
const mostDiscovery = time.Second

// discovery prints what discover-services takes beyond the answers that it waits
// for, in the cluster of a kubeconfig: that of the rig, unless another is named.
func discovery(ctx context.Context, s settings) error {
	if _, err := os.Stat(s.kubeconfig); errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("discover-services: not measured, because there is no cluster at %s; make cluster-up starts one\n", s.kubeconfig)
		return nil
	}
	var own, api []time.Duration
	for range s.searches {
		var log bytes.Buffer
		search := exec.CommandContext(ctx, s.binary, "discover-services", "-A", "-v", "6", "-o", "json", "--kubeconfig", s.kubeconfig) //nolint:gosec // our own program
		search.Stderr = &log
		began := time.Now()
		if err := search.Run(); err != nil {
			return fmt.Errorf("search the cluster of %s: %w\n%s", s.kubeconfig, err, log.Bytes())
		}
		took := time.Since(began)
		waited, err := waiting(log.String())
		if err != nil {
			return err
		}
		own, api = append(own, took-waited), append(api, waited)
	}
	slices.Sort(own)
	slices.Sort(api)
	fmt.Printf("discover-services, %d calls: median %s beyond the API server's own time (promised: %s), which was %s\n",
		s.searches, own[len(own)/2].Round(time.Millisecond), mostDiscovery, api[len(api)/2].Round(time.Millisecond))
	return nil
}

// answered is a line of klog's in which client-go says when an answer had come
// and how long it took.
var answered = regexp.MustCompile(`(?m)^I(\d{4} \d\d:\d\d:\d\d\.\d{6}) .*"Response" .* milliseconds=(\d+)$`)

// waiting is the time in which at least one request was under way.
func waiting(log string) (total time.Duration, err error) {
	type span struct{ from, to time.Time }
	var spans []span
	for _, m := range answered.FindAllStringSubmatch(log, -1) {
		end, err := time.Parse("0102 15:04:05.000000", m[1])
		if err != nil {
			return 0, err
		}
		ms, err := strconv.Atoi(m[2])
		if err != nil {
			return 0, err
		}
		spans = append(spans, span{end.Add(-time.Duration(ms) * time.Millisecond), end})
	}
	if len(spans) == 0 {
		return 0, fmt.Errorf("the log names no request to the API server:\n%s", log)
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	until := spans[0].from
	for _, s := range spans {
		if from := later(s.from, until); s.to.After(from) {
			total += s.to.Sub(from)
			until = s.to
		}
	}
	return total, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
