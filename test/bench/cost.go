package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// reader is a way to read floods; it returns how many frames came.
type reader struct {
	name string
	read func(ctx context.Context, url string, streams int) (frames int64, err error)
}

var readers = []reader{
	{"discard", bare(func(body io.Reader) (int64, error) {
		n, err := io.Copy(io.Discard, body)
		return n / int64(len(chunkHead)+24), err // about
	})},
	{"split+stamp", bare(splitAndStamp)},
	{"llmbench", measured},
}

// costs prints the CPU time per million frames of each reader.
func costs(ctx context.Context, s settings) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	url, stop, err := child(ctx, self, floodMode)
	if err != nil {
		return err
	}
	fmt.Println("client CPU seconds per million frames, flooded (the server is a process of its own)")
	fmt.Printf("%8s  %12s  %12s  %12s  %18s  %14s\n", "streams", readers[0].name, readers[1].name, readers[2].name, "llmbench/split", "bytes/frame")
	for _, n := range s.streams {
		if err := costRow(ctx, s, url, n); err != nil {
			return errors.Join(err, stop())
		}
	}
	return stop()
}

// rounds is how often the readers take turns; the least cost of each counts,
// because whatever else the machine does only adds to it.
const rounds = 3

func costRow(ctx context.Context, s settings, url string, streams int) error {
	best := make([]float64, len(readers))
	var allocated float64
	for range rounds {
		for i, r := range readers {
			cost, bytes, err := timed(ctx, r, url, streams, s.perCost/rounds)
			if err != nil {
				return fmt.Errorf("%s at %d streams: %w", r.name, streams, err)
			}
			if best[i] == 0 || cost < best[i] {
				best[i] = cost
			}
			allocated = bytes
		}
	}
	fmt.Printf("%8d  %12.3f  %12.3f  %12.3f  %18.2f  %14.1f\n", streams, best[0], best[1], best[2], best[2]/best[1], allocated)
	return nil
}

func timed(ctx context.Context, r reader, url string, streams int, length time.Duration) (cpuPerMillion, bytesPerFrame float64, err error) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	cpu := cpuTime()
	frames, err := r.read(ctx, url, streams)
	cpu = cpuTime() - cpu
	runtime.ReadMemStats(&after)
	if err != nil {
		return 0, 0, err
	}
	if frames == 0 {
		return 0, 0, errors.New("no frame came")
	}
	return cpu.Seconds() / float64(frames) * 1e6, float64(after.TotalAlloc-before.TotalAlloc) / float64(frames), nil
}

// bare reads floods with net/http and nothing else.
func bare(read func(io.Reader) (int64, error)) func(context.Context, string, int) (int64, error) {
	return func(ctx context.Context, url string, streams int) (int64, error) {
		client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
		var frames atomic.Int64
		var all sync.WaitGroup
		errs := make(chan error, streams)
		for range streams {
			all.Go(func() {
				for ctx.Err() == nil {
					n, err := one(ctx, client, url, read)
					frames.Add(n)
					if err != nil && ctx.Err() == nil {
						errs <- err
						return
					}
				}
			})
		}
		all.Wait()
		client.CloseIdleConnections()
		select {
		case err := <-errs:
			return 0, err
		default:
			return frames.Load(), nil
		}
	}
}

func one(ctx context.Context, client *http.Client, url string, read func(io.Reader) (int64, error)) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/chat/completions", strings.NewReader("{}"))
	if err != nil {
		return 0, err
	}
	answer, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	return read(answer.Body)
}

// splitAndStamp is the least a client can do that wants to know when a frame
// came: cut lines, and take the time of those that hold data.
func splitAndStamp(body io.Reader) (int64, error) {
	lines := bufio.NewReaderSize(body, 32<<10)
	var frames int64
	var last time.Time
	for {
		line, err := lines.ReadSlice('\n')
		if bytes.HasPrefix(line, []byte("data: ")) {
			last = time.Now()
			frames++
		}
		if err != nil {
			runtime.KeepAlive(last)
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return frames, err
		}
	}
}
