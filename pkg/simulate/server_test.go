package simulate

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// safeBuffer is a truth log that tests read while the server lives.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) Bytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.b.Bytes())
}

// TestTruthIsWhatTheClientGot runs clients on raw sockets and compares each
// one's frames with the truth log: as many, none before it was sent.
func TestTruthIsWhatTheClientGot(t *testing.T) {
	for engine, n := range native {
		t.Run(engine, func(t *testing.T) {
			truth := &safeBuffer{}
			addr, _ := start(t, Options{Engine: engine, Truth: truth})
			const clients, each = 8, 3
			var mu sync.Mutex
			arrivals, sent := map[string][]int64{}, map[string]int64{}
			var all sync.WaitGroup
			for c := range clients {
				all.Go(func() {
					for i := range each {
						id := fmt.Sprintf("%s-%d-%d", engine, c, i)
						at, got := stream(t, addr, id, n.ask, n.token)
						mu.Lock()
						sent[id], arrivals[id] = at, got
						mu.Unlock()
					}
				})
			}
			all.Wait()
			lines := truthLines(t, truth.Bytes())
			if len(lines) != clients*each {
				t.Fatalf("%d lines for %d requests", len(lines), clients*each)
			}
			stamped := 0
			for _, line := range lines {
				compareTruth(t, line, sent[line.RequestID], arrivals[line.RequestID])
				if line.ReceivedNS != 0 {
					stamped++
				}
			}
			// A kernel that nobody has asked for stamps begins with them a moment
			// late, so that the first requests may have none.
			if runtime.GOOS == "linux" && stamped == 0 {
				t.Error("no request has a receive stamp")
			}
		})
	}
}

// stream sends a request and returns when it did, and when each line with a
// token came.
func stream(t *testing.T, addr, id string, r request, token string) (sent int64, arrivals []int64) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return 0, nil
	}
	defer c.Close()
	r.header = append(r.header, "X-Request-Id: "+id)
	sent = time.Now().UnixNano()
	if _, err := c.Write(r.bytes()); err != nil {
		t.Error(err)
	}
	lines := bufio.NewReader(c)
	for {
		line, err := lines.ReadString('\n')
		if strings.Contains(line, token) {
			arrivals = append(arrivals, time.Now().UnixNano())
		}
		if err != nil {
			return sent, arrivals
		}
	}
}

func compareTruth(t *testing.T, line truthLine, sent int64, arrivals []int64) {
	t.Helper()
	total := 0
	for _, n := range line.Tokens {
		total += n
	}
	if len(arrivals) != len(line.FramesNS) || len(line.Tokens) != len(arrivals) || total != 5 || line.OutputTokens != 5 || line.Outcome != outcomeComplete {
		t.Errorf("%s: the client had %d frames; the log says %+v", line.RequestID, len(arrivals), line)
		return
	}
	if line.ReadNS < sent || line.FirstTokenNS != line.FramesNS[0] || !slices.IsSorted(line.FramesNS) || line.FramesNS[0] < line.ReadNS {
		t.Errorf("%s: out of order: sent %d, log %+v", line.RequestID, sent, line)
	}
	if line.ReceivedNS != 0 && (line.ReceivedNS < sent || line.ReceivedNS > line.ReadNS) {
		t.Errorf("%s: received at %d, not between sent %d and read %d", line.RequestID, line.ReceivedNS, sent, line.ReadNS)
	}
	for i, at := range arrivals {
		if at < line.FramesNS[i] {
			t.Errorf("%s: frame %d arrived %d ns before it was sent", line.RequestID, i, line.FramesNS[i]-at)
		}
	}
}

func TestRequestsOnOneConnection(t *testing.T) {
	truth := &safeBuffer{}
	addr, _ := start(t, Options{Engine: "vllm", Truth: truth})
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	defer client.CloseIdleConnections()
	for range 3 {
		resp, err := client.Post("http://"+addr+"/v1/completions", typeJSON, strings.NewReader(completion))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	lines := truthLines(t, truth.Bytes())
	for i := 1; i < len(lines); i++ {
		if lines[i].ReceivedNS != 0 && lines[i].ReceivedNS <= lines[i-1].FramesNS[0] {
			t.Errorf("request %d has the receive stamp of an earlier one: %+v after %+v", i, lines[i], lines[i-1])
		}
	}
}

func TestDisconnectFreesTheSlot(t *testing.T) {
	for engine, n := range native {
		t.Run(engine, func(t *testing.T) {
			truth := &safeBuffer{}
			p := fast(engine)
			p.Slots, p.QueueLimit, p.FirstTokenOverhead = 1, 5, time.Hour
			addr, s := start(t, Options{Engine: engine, Profile: p, Truth: truth})
			running := occupy(t, addr, s, n.ask)
			waiting := occupy(t, addr, s, n.ask)
			_ = waiting.Close()
			eventually(t, "the waiting request has gone", func() bool { return s.load() == 1 })
			_ = running.Close()
			eventually(t, "the slot is free", func() bool { return s.load() == 0 })
			eventually(t, "both are in the truth log", func() bool { return bytes.Count(truth.Bytes(), []byte("\n")) == 2 })
			for _, line := range truthLines(t, truth.Bytes()) {
				if line.Outcome != outcomeCancelled || line.OutputTokens != 0 {
					t.Errorf("truth of a client that left: %+v", line)
				}
			}
		})
	}
}

func TestOverload(t *testing.T) {
	for engine, want := range map[string]int{"vllm": 503, "ollama": 503} {
		t.Run(engine, func(t *testing.T) {
			p := fast(engine)
			p.Slots, p.QueueLimit, p.FirstTokenOverhead = 1, 1, time.Hour
			addr, s := start(t, Options{Engine: engine, Profile: p})
			occupy(t, addr, s, native[engine].ask)
			occupy(t, addr, s, native[engine].ask)
			if r := get(t, addr, native[engine].ask); r.status != want {
				t.Errorf("a third request: HTTP %d %q, want %d", r.status, r.body(), want)
			}
		})
	}
}

func TestServeBreaksStreamsOff(t *testing.T) {
	p := fast("vllm")
	p.StepBase = time.Hour
	s, err := New(Options{Engine: "vllm", Profile: p})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	c := occupy(t, ln.Addr().String(), s, native["vllm"].ask)
	first := make([]byte, 1)
	if _, err := c.Read(first); err != nil { // the head is out before any token
		t.Fatal(err)
	}
	cancel()
	rest, _ := io.ReadAll(c)
	if r := parse(t, append(first, rest...)); r.ended {
		t.Errorf("the stream ended properly: %q", rest)
	}
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if s.load() != 0 {
		t.Error("sequences are left over")
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	s, err := New(Options{Engine: "tgi"})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = ln.Close()
	if err := s.Serve(t.Context(), ln); err == nil || !strings.Contains(err.Error(), "serve tgi on 127.0.0.1") {
		t.Errorf("Serve on a closed listener: %v", err)
	}
}
