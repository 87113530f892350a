package program

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
)

// Serve starts a simulated engine that is quick, and ends with the test. An empty model
// is a name of its own.
func Serve(t *testing.T, engine, model string) (url string) {
	t.Helper()
	return ServeWith(t, simulate.Options{Engine: engine, Model: model, Seed: 1, Profile: simulate.Profile{
		PrefillTokensPerS: 1e6, StepBase: 200 * time.Microsecond, Slots: 512, KVTokens: 1 << 20, ContextLength: 1 << 16,
	}})
}

// ServeWith starts a simulated engine that ends with the test.
func ServeWith(t *testing.T, o simulate.Options) (url string) {
	t.Helper()
	server, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
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
