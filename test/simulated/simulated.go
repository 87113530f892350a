// Package simulated serves simulated engines to tests, on loopback.
package simulated

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
)

// Serve starts a simulated engine that ends with the test, and returns its address
// as a URL.
func Serve(t testing.TB, o simulate.Options) (url string) {
	t.Helper()
	server, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // on loopback
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("simulated %s: %v", o.Engine, err)
		}
	})
	return "http://" + ln.Addr().String()
}

// ServeQuick is Serve for an engine that answers almost at once. An empty model is
// a name of its own.
func ServeQuick(t testing.TB, engine, model string) (url string) {
	t.Helper()
	return Serve(t, simulate.Options{Engine: engine, Model: model, Seed: 1, Profile: simulate.Profile{
		PrefillTokensPerS: 1e6, StepBase: 200 * time.Microsecond, Slots: 512, KVTokens: 1 << 20, ContextLength: 1 << 16,
	}})
}
