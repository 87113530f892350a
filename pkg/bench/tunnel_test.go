package bench

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

func TestCarriedIsTheStepWithTheMostRoundTripsASecond(t *testing.T) {
	trips := func(n int) []time.Duration { return make([]time.Duration, n) }
	steps := []calibrationStep{
		{streams: 1, trips: trips(100), took: time.Second},
		{streams: 2, trips: trips(90), took: 500 * time.Millisecond},
		{streams: 4, trips: trips(170), took: time.Second},
		{streams: 8, trips: []time.Duration{3, 3}, took: time.Millisecond},
	}
	if got := carried(steps, 2); got.streams != 2 || got.perSecond().Or(0) != 180 {
		t.Errorf("got %d streams at %v a second, want 2 at 180", got.streams, got.perSecond().Or(0))
	}
	slow := []calibrationStep{{streams: 1, trips: []time.Duration{9}, took: time.Second}}
	if got := carried(slow, 2); got.streams != 1 {
		t.Error("a stream alone does not count")
	}
	if carried(nil, 1).perSecond().Known() {
		t.Error("no step carried something")
	}
}

func TestMedian(t *testing.T) {
	for want, of := range map[time.Duration][]time.Duration{0: nil, 1: {1}, 2: {9, 1, 2, 3}, 3: {3, 1, 9}} {
		if got := median(of); got != want {
			t.Errorf("median(%v) = %d, want %d", of, got, want)
		}
	}
}

// tunnelled is a target whose connections go through dial.
func tunnelled(t *testing.T, handler http.HandlerFunc, api func(context.Context) (time.Duration, error)) *Target {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	target, err := NewTarget("vllm", engine.VLLM, "http://vllm.team.svc:8000", "port-forward", wire.Options{Dial: dial})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	target.APIRoundTrip = api
	return target
}

func TestATunnelIsCalibratedByTheHealthEndpoint(t *testing.T) {
	var asked atomic.Int64
	target := tunnelled(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/health" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		asked.Add(1)
		time.Sleep(5 * time.Millisecond)
	}, func(context.Context) (time.Duration, error) { return time.Millisecond, nil })

	finding := describeTunnel(t.Context(), target)
	tunnel := target.Info.Tunnel
	if tunnel == nil {
		t.Fatalf("nothing was measured: %s", finding.Message)
	}
	if rtt := tunnel.RTTMS.Or(0); rtt < 5 {
		t.Errorf("round trips took %v ms, and the server 5 ms alone", rtt)
	}
	if got := target.Info.TunnelOverheadMS.Or(0); got != tunnel.RTTMS.Or(0)-1 {
		t.Errorf("overhead %v ms of round trips of %v ms against 1 ms", got, tunnel.RTTMS.Or(0))
	}
	if tunnel.Streams == 0 || tunnel.RoundTripsPerS.Or(0) <= 0 {
		t.Errorf("it carried nothing: %+v", *tunnel)
	}
	if !strings.Contains(finding.Message, "port-forward") || !strings.Contains(finding.Remedy, "--in-cluster") {
		t.Errorf("finding: %+v", finding)
	}
	if asked.Load() < loneTrips {
		t.Errorf("asked %d times", asked.Load())
	}
}

func TestATunnelThatCannotBeMeasuredIsTold(t *testing.T) {
	fine := func(context.Context) (time.Duration, error) { return time.Millisecond, nil }
	for name, target := range map[string]*Target{
		"the API server does not answer": tunnelled(t, func(http.ResponseWriter, *http.Request) {}, func(context.Context) (time.Duration, error) { return 0, errors.New("gone") }),
		"the engine is not healthy":      tunnelled(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, fine),
	} {
		finding := describeTunnel(t.Context(), target)
		if target.Info.Tunnel != nil || target.Info.TunnelOverheadMS.Known() || !strings.Contains(finding.Message, "could not be measured") {
			t.Errorf("%s: %+v, %+v", name, target.Info, finding)
		}
	}
}
