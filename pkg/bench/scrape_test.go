package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// addSimulated adds a simulated engine of a kind to the targets and returns its
// address; between stands before it.
func addSimulated(t *testing.T, o *Options, kind engine.Kind, between func(http.Handler) http.Handler) string {
	t.Helper()
	p := quickEngine
	p.ContextLength = 4096
	sim, err := simulate.New(simulate.Options{Engine: string(kind), Model: "m", Seed: 1, Profile: p})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(between(sim.Handler()))
	t.Cleanup(server.Close)
	target, err := NewTarget(string(kind), kind, server.URL, "simulate", wire.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	target.Model = "m"
	o.Targets = append(o.Targets, target)
	return server.URL
}

// sumAll is the whole summary of a run.
func sumAll(o Options, sink *kept) record.Summary {
	var engines []record.EngineInfo
	for _, t := range o.Targets {
		engines = append(engines, t.Info)
	}
	s := summary.New(record.Run{Plan: Plan(o.Config, engines, o.Seed), Environment: record.Environment{Engines: engines}})
	for _, sample := range sink.samples {
		s.Add(sample)
	}
	for _, b := range sink.blocks {
		s.AddBlock(b)
	}
	for _, r := range sink.server {
		s.AddServer(r)
	}
	return s.Summary()
}

// accounts are the findings about the engines' own accounts. How busy the
// machine was says another one.
func accounts(s record.Summary) []record.Finding {
	return slices.DeleteFunc(slices.Clone(s.Findings), func(f record.Finding) bool { return f.ID == record.ClientBound })
}

// stranger asks an engine for n answers of its own.
func stranger(t *testing.T, kind engine.Kind, url string, n int) {
	path, body := "/v1/completions", `{"model":"m","prompt":"who else","max_tokens":3}`
	if kind == engine.TGI {
		path, body = "/generate", `{"inputs":"who else","parameters":{"max_new_tokens":3}}`
	}
	for range n {
		response, err := http.Post(url+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
			t.Errorf("a stranger is answered %d, %v", response.StatusCode, err)
		}
		response.Body.Close() //nolint:errcheck,gosec // it was read
	}
	http.DefaultClient.CloseIdleConnections()
}

const bothScenarios = `
test_scenarios:
  ttft: {iterations: 4, warmup_iterations: 2, max_tokens: 5}
  load_tests: [{name: l, concurrent_users: 2, warmup_seconds: 0.1, duration_seconds: 0.4, rounds: 2, max_tokens: 5}]
`

const shortScenarios = `
test_scenarios:
  ttft: {iterations: 1, warmup_iterations: 0, max_tokens: 2}
  load_tests: [{name: l, concurrent_users: 1, duration_seconds: 0.1, rounds: 2, max_tokens: 2}]
`

// A second client's requests are told from ours to the very request, in every
// kind of scenario, and those of an engine that we have for ourselves are none.
func TestForeignTrafficIsCounted(t *testing.T) {
	t.Parallel()
	strangers := map[string]int{"vllm ttft": 3, "vllm l": 7, "tgi l": 5}
	o, sink := options(t, bothScenarios)
	urls := map[string]string{}
	for _, kind := range []engine.Kind{engine.VLLM, engine.TGI} {
		urls[string(kind)] = addSimulated(t, &o, kind, nothing)
	}
	var once sync.Map
	o.Notify = func(e Event) {
		if e.Kind != EventRequest {
			return
		}
		at := e.Engine + " " + e.Scenario
		if _, came := once.LoadOrStore(at, true); !came {
			stranger(t, engine.Kind(e.Engine), urls[e.Engine], strangers[at])
		}
	}
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s := sumAll(o, sink)
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			at := e.Engine + " " + sc.Name
			if e.Server == nil {
				t.Fatalf("%s: no account of the engine's own", at)
			}
			checkAccount(t, at, e, int64(strangers[at]), sink)
		}
	}
	found := map[string]bool{}
	for _, f := range accounts(s) {
		found[f.ID+" "+f.Subject+" "+strings.Fields(f.Message)[1]] = true
	}
	want := map[string]bool{"foreign-traffic vllm ttft:": true, "foreign-traffic vllm l:": true, "foreign-traffic tgi l:": true}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("findings (-want +got):\n%s\n%v", diff, s.Findings)
	}
}

// checkAccount compares an engine's account with what was sent to it.
func checkAccount(t *testing.T, at string, e record.EngineResult, strangers int64, sink *kept) {
	t.Helper()
	var own int64
	for _, s := range sink.samples {
		if s.Engine+" "+s.Scenario == at {
			own++
		}
	}
	v := e.Server
	if v.ForeignRequests != record.Some(strangers) || v.OwnRequests != record.Some(own) || v.UnclearRequests != record.Some(int64(0)) || v.RequestsDelta != record.Some(own+strangers) {
		t.Errorf("%s: %d requests of which %d are ours and %d foreign; want %d, %d, %d", at, v.RequestsDelta.Or(-1), v.OwnRequests.Or(-1), v.ForeignRequests.Or(-1), own+strangers, own, strangers)
	}
	if v.OutputTokensResidual != record.Some(3*strangers) {
		t.Errorf("%s: %d output tokens are not ours, want %d", at, v.OutputTokensResidual.Or(-1), 3*strangers)
	}
	if rest := v.PromptTokensResidual.Or(-1); (rest == 0) != (strangers == 0) || rest < 0 {
		t.Errorf("%s: %d prompt tokens are not ours", at, rest)
	}
	if e.Engine != "vllm" {
		return
	}
	if v.TTFTMS == nil || v.TTFTMS.N != own+strangers || v.TTFTMS.NetworkMS.Known() != (strangers == 0) {
		t.Errorf("%s: the engine's TTFT is %+v, of %d requests", at, v.TTFTMS, own+strangers)
	}
}

// Metrics are read about once a second, beside the measured requests and never
// on their connections.
func TestMetricsAreReadBesideWhatIsMeasured(t *testing.T) {
	t.Parallel()
	o, sink := options(t, "test_scenarios: {ttft: {enabled: false}, load_tests: [{name: l, concurrent_users: 2, duration_seconds: 1.8, max_tokens: 5}]}")
	var mu sync.Mutex
	asked := map[string]map[string]bool{} // the paths that came from each connection
	addSimulated(t, &o, engine.VLLM, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			if asked[r.RemoteAddr] == nil {
				asked[r.RemoteAddr] = map[string]bool{}
			}
			asked[r.RemoteAddr][r.URL.Path] = true
			mu.Unlock()
			next.ServeHTTP(w, r)
		})
	})
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	for from, paths := range asked {
		if paths["/metrics"] && len(paths) > 1 {
			t.Errorf("the connection from %s carried %v", from, paths)
		}
	}
	edges := map[string]int{}
	for i, r := range sink.server {
		edges[r.Edge]++
		if r.Status != record.StatusOK || r.Block != "0-vllm-0" || r.Scenario != "l" || i > 0 && r.TMS <= sink.server[i-1].TMS {
			t.Errorf("reading %d: %+v", i, r)
		}
	}
	if edges[record.EdgeOpen] != 1 || edges[record.EdgeClose] != 1 || edges[""] < 1 || edges[""] > 3 {
		t.Errorf("readings at each edge: %v", edges)
	}
	block := sink.blocks["0-vllm-0"]
	if first, last := sink.server[0].TMS, sink.server[len(sink.server)-1].TMS; first > block.StartMS || last < block.EndMS {
		t.Errorf("metrics were read from %g to %g, and the window is %g to %g", first, last, block.StartMS, block.EndMS)
	}
	e := sumAll(o, sink).Scenarios[0]
	if v := e.Engines[0].Server; v.Running == nil || v.Queue == nil || v.KVCache == nil || v.Running.Max > 2 {
		t.Errorf("gauges: %+v", v)
	}
	if !e.Timeline[len(e.Timeline)-1].Running.Known() && !e.Timeline[0].Running.Known() {
		t.Errorf("no gauges on the timeline: %+v", e.Timeline)
	}
}

// metricsAnswer has an endpoint answer /metrics otherwise than its engine.
func metricsAnswer(answer http.HandlerFunc) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == metricsPath {
				answer(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestAnEngineWithoutMetricsIsAskedOnceAndSaidOnce(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		asked  int64
		class  record.Status
	}{
		"another path":  {http.NotFound, 1, record.StatusHTTP4xx},
		"forbidden":     {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }, 1, record.StatusHTTP4xx},
		"a page":        {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>hello</html>") }, 1, record.StatusMalformed}, //nolint:errcheck // the client notices
		"elsewhere":     {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }, 1, record.StatusMalformed},
		"always broken": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "boom", http.StatusBadGateway) }, mostUnread, record.StatusHTTP5xx},
		"too large": {func(w http.ResponseWriter, _ *http.Request) {
			line := []byte("vllm:num_requests_running " + strings.Repeat("0", 1<<20) + "1\n")
			for range 5 {
				w.Write(line) //nolint:errcheck,gosec // the client notices
			}
		}, 1, record.StatusMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, sink := options(t, shortScenarios)
			var asked atomic.Int64
			addSimulated(t, &o, engine.VLLM, metricsAnswer(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				c.answer(w, r)
			}))
			if err := Run(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			if n := asked.Load(); n != c.asked {
				t.Errorf("asked %d times, want %d", n, c.asked)
			}
			if len(sink.server) == 0 || sink.server[0].Status != c.class || sink.server[0].Message == "" {
				t.Errorf("readings %+v", sink.server)
			}
			s := sumAll(o, sink)
			if found := accounts(s); len(found) != 1 || found[0].ID != "no-server-metrics" || found[0].Severity != record.SeverityInfo {
				t.Errorf("findings %v", s.Findings)
			}
		})
	}
}

// A reading that hangs costs neither the measurement nor the end of the run.
func TestAReadingThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	o, sink := options(t, "test_scenarios: {ttft: {enabled: false}, load_tests: [{name: l, concurrent_users: 1, duration_seconds: 0.2, max_tokens: 2}]}")
	addSimulated(t, &o, engine.VLLM, metricsAnswer(func(_ http.ResponseWriter, r *http.Request) { hang(r) }))
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if len(sink.of("vllm", record.PhaseMeasure)) == 0 {
		t.Error("nothing was measured")
	}
	if len(sink.server) < 2 || sink.server[0].Status != record.StatusTimeoutTotal {
		t.Errorf("readings %+v", sink.server)
	}
}

// What was cut off may be counted by the engine or not, and is nobody else's.
func TestAnInterruptedRunIsNoForeignTraffic(t *testing.T) {
	t.Parallel()
	for _, kind := range []engine.Kind{engine.VLLM, engine.TGI} {
		o, sink := options(t, "test_scenarios: {ttft: {enabled: false}, load_tests: [{name: l, concurrent_users: 3, duration_seconds: 3600, max_tokens: 400}]}")
		addSimulated(t, &o, kind, nothing)
		ctx, cancel := context.WithCancel(t.Context())
		var ended atomic.Int64
		o.Notify = func(e Event) {
			if e.Kind == EventRequest && ended.Add(1) == 4 {
				time.AfterFunc(10*time.Millisecond, cancel)
			}
		}
		if err := Run(ctx, o); err == nil {
			t.Fatal("the run was not interrupted")
		}
		cancel()
		v := sumAll(o, sink).Scenarios[0].Engines[0].Server
		if v == nil || v.ForeignRequests != record.Some(int64(0)) || v.UnclearRequests.Or(0) == 0 || v.OutputTokensResidual.Known() {
			t.Errorf("%s: %+v", kind, v)
		}
	}
}

// Between two lives of an engine nothing can be differenced.
func TestARestartIsNoDifference(t *testing.T) {
	t.Parallel()
	o, sink := options(t, "test_scenarios: {ttft: {enabled: false}, load_tests: [{name: l, concurrent_users: 1, duration_seconds: 0.2, max_tokens: 2}]}")
	counts := []int{500, 0}
	var asked atomic.Int64
	addSimulated(t, &o, engine.VLLM, metricsAnswer(func(w http.ResponseWriter, _ *http.Request) {
		n := asked.Add(1)
		fmt.Fprintf(w, "vllm:request_success_total{finished_reason=\"stop\"} %d\n", counts[min(int(n), len(counts))-1]) //nolint:errcheck // the client notices
	}))
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s := sumAll(o, sink)
	if found := accounts(s); len(found) != 1 || found[0].ID != "engine-restarted" {
		t.Errorf("findings %v", s.Findings)
	}
	if v := s.Scenarios[0].Engines[0].Server; v != nil {
		t.Errorf("counters of two lives were differenced: %+v", v)
	}
}
