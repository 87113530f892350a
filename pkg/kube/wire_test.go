package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

func wireClient(t *testing.T, tunnel *Tunnel) *wire.Client {
	t.Helper()
	c, err := wire.NewClient(wire.Options{Dial: tunnel.Dial, ConnectTimeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func stream(t *testing.T, ctx context.Context, c *wire.Client, path string) (*wire.Stream, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://vllm.team-a"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return c.Stream(req)
}

// What measures over a tunnel must get its answers, reuse its connections, and
// call what goes wrong by the names it has on a socket.
func TestWireMeasuresThroughATunnel(t *testing.T) {
	s := newPodServer(t, map[string]string{"vllm-0": newEngine(t, "one")})
	tunnel := openTunnel(t, s.connect(t), TunnelSpec{Pods: []string{"vllm-0"}, Shards: 1})
	c := wireClient(t, tunnel)
	for i := range 3 {
		answer, err := stream(t, t.Context(), c, "/50")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer); err != nil || answer.Timing.Reused != (i > 0) {
			t.Errorf("request %d: %+v, %v", i, answer.Timing, err)
		}
		if answer.Arrival().Kernel {
			t.Error("a tunnel has no kernel stamps")
		}
		_ = answer.Close()
	}
	if got := tunnel.Stats().Dials; got != 1 {
		t.Errorf("%d connections for three requests in turn", got)
	}

	ctx, cancel := context.WithCancel(t.Context())
	answer, err := stream(t, ctx, c, "/hang")
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := io.Copy(io.Discard, answer); err == nil {
		t.Error("a cancelled stream ended in order")
	}
	_ = answer.Close()

	s.setPod("vllm-0", unusedAddress(t))
	wantClass(t, tunnel, record.StatusRefused)
	s.dropPod("vllm-0")
	// Which it is depends on whether the kubelet was quicker than its own reply.
	wantClass(t, tunnel, record.StatusReset, record.StatusRefused)
}

func wantClass(t *testing.T, tunnel *Tunnel, want ...record.Status) {
	t.Helper()
	_, err := stream(t, t.Context(), wireClient(t, tunnel), "/1")
	var failed *wire.Error
	if !errors.As(err, &failed) || !slices.Contains(want, failed.Class) {
		t.Errorf("%v, want %s", err, want)
	}
}
