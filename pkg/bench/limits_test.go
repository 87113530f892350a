package bench

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestTheShareOfFailuresIsThatOfTheLastRequests(t *testing.T) {
	for _, tt := range []struct {
		name     string
		most     float64
		outcomes string // f for a failure
		trips    int    // at which outcome, counted from 1; 0 for never
	}{
		{"no limit", 0, strings.Repeat("f", 200), 0},
		{"too few to judge", 0.2, strings.Repeat("f", leastJudged-1), 0},
		{"all fail", 0.2, strings.Repeat("f", 200), leastJudged},
		{"exactly the share", 0.2, strings.Repeat("ooooooooff", 30), 0},
		{"old failures are forgotten", 0.5, strings.Repeat("o", 50) + strings.Repeat("f", 20) + strings.Repeat("o", 50) + strings.Repeat("f", 20), 0},
		{"a good beginning does not help for long", 0.2, strings.Repeat("o", 1000) + strings.Repeat("f", 100), 1011},
		{"none may fail", 1e-9, strings.Repeat("o", 30) + "f", 31},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, trips, times := errorRate{most: tt.most}, 0, 0
			for i, o := range tt.outcomes {
				if e.note(o == 'f') {
					trips, times = i+1, times+1
				}
			}
			if trips != tt.trips || times > 1 {
				t.Errorf("trips at %d, %d times, want at %d", trips, times, tt.trips)
			}
		})
	}
}

// TestARunThatHurtsIsStopped has every other request fail, so that no row of
// failures would ever end the load, and then every request be too many.
func TestARunThatHurtsIsStopped(t *testing.T) {
	for _, tt := range []struct {
		name, test string
		serve      http.HandlerFunc
	}{
		{"requests fail", "{name: l, concurrent_users: 2, duration_seconds: 3600, max_tokens: 4}", halfBad()},
		{"requests cannot be sent", "{name: l, arrival: constant, rate_per_s: 200, max_in_flight: 1, duration_seconds: 3600, max_tokens: 4}", func(_ http.ResponseWriter, r *http.Request) { hang(r) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, _ := options(t, "test_scenarios: {ttft: {enabled: false}, load_tests: ["+tt.test+"]}", openAIServer(t, tt.serve))
			o.Targets[0].Model, o.MaxErrorRate = "m", 0.3
			var mu sync.Mutex
			var found []record.Finding
			o.Notify = func(e Event) {
				mu.Lock()
				defer mu.Unlock()
				if e.Kind == EventFinding {
					found = append(found, *e.Finding)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := Run(ctx, o); err != nil {
				t.Fatalf("the run was not stopped: %v", err)
			}
			if len(found) != 1 || found[0].ID != "engine-given-up" || !strings.Contains(found[0].Message, "--max-error-rate") {
				t.Errorf("findings %+v", found)
			}
		})
	}
}

// halfBad fails every other request.
func halfBad() http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%2 == 0 {
			http.Error(w, "boom", http.StatusInternalServerError)
			return
		}
		good(w, r)
	}
}

func TestOthersAreSeenBeforeARun(t *testing.T) {
	o, _ := options(t, five)
	addSimulated(t, &o, engine.VLLM, func(h http.Handler) http.Handler { return h })
	addSimulated(t, &o, engine.TGI, func(h http.Handler) http.Handler { return h })
	if busy := Others(t.Context(), o.Targets, 10*time.Millisecond); len(busy) != 0 {
		t.Errorf("idle engines serve somebody: %v", busy)
	}
	done := make(chan record.Sample)
	go func() {
		r := newRunner(o)
		done <- r.fire(t.Context(), shot{target: o.Targets[0], scenario: "others", index: -1, maxTokens: 4, arrival: load.Arrival{Scheduled: time.Now()}})
	}()
	var busy []Traffic
	for end := time.Now().Add(20 * time.Second); len(busy) == 0 && time.Now().Before(end); {
		busy = Others(t.Context(), o.Targets, 100*time.Millisecond)
		select {
		case <-done:
			go func() {
				done <- newRunner(o).fire(t.Context(), shot{target: o.Targets[0], scenario: "others", index: -1, maxTokens: 4, arrival: load.Arrival{Scheduled: time.Now()}})
			}()
		default:
		}
	}
	<-done
	if len(busy) != 1 || busy[0].Engine != "vllm" || !strings.Contains(busy[0].String(), "vllm has ") {
		t.Errorf("busy: %v", busy)
	}
}
