package benchmark

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

func TestALoadAboveTheCapIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name, test string
		cap        int
		want       string // "" for taken
	}{
		{"users within", "{name: a, concurrent_users: 2000, duration_seconds: 1}", 0, ""},
		{"users above", "{name: a, concurrent_users: 2001, duration_seconds: 1}", 0, `load test "a" has 2001 users`},
		{"a cap of one's own", "{name: a, concurrent_users: 20, duration_seconds: 1}", 10, "--in-flight-cap"},
		{"an open loop above", "{name: a, arrival: constant, rate_per_s: 1, max_in_flight: 3000, duration_seconds: 1}", 0, "max_in_flight"},
		{"raised", "{name: a, concurrent_users: 2001, duration_seconds: 1}", 5000, ""},
		{"no cap at all", "{name: a, concurrent_users: 1, duration_seconds: 1}", -1, "want at least 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, _ := options("", map[string]string{"a.yaml": "test_scenarios: {load_tests: [" + tt.test + "]}\n"}, nil)
			o.ConfigFile, o.URLs, o.Rails.inFlight = "a.yaml", []string{"vllm=http://a"}, tt.cap
			err := o.Complete(t.Context())
			var usage *cli.UsageError
			switch {
			case tt.want == "" && err != nil:
				t.Fatal(err)
			case tt.want != "" && (!errors.As(err, &usage) || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("%v, want a usage error with %q", err, tt.want)
			}
		})
	}
}

func TestAShareOfErrorsIsAShare(t *testing.T) {
	for _, share := range []float64{-0.1, 1.1} {
		o, _ := options("", nil, nil)
		o.URLs, o.Rails.maxErrorRate = []string{"vllm=http://a"}, share
		var usage *cli.UsageError
		if err := o.Complete(t.Context()); !errors.As(err, &usage) || !strings.Contains(err.Error(), "--max-error-rate") {
			t.Errorf("%g: %v", share, err)
		}
	}
}

// busyEngine has metrics of a vLLM that serves three requests.
func busyEngine(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/metrics" {
			t.Errorf("%s was asked before anybody agreed", r.URL.Path)
		}
		io.WriteString(w, "# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{model_name=\"m\"} 3\n"+ //nolint:errcheck,gosec // the client notices
			"# TYPE vllm:num_requests_waiting gauge\nvllm:num_requests_waiting{model_name=\"m\"} 1\n")
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestAStressOfBusyEnginesIsAskedAbout(t *testing.T) {
	url := busyEngine(t)
	for _, tt := range []struct {
		name, preset, answer string
		live, yes            bool
		want                 string // "" for gone on
	}{
		{"nobody to ask", "stress", "", false, false, "3 requests running and 1 waiting"},
		{"nobody to ask, and what to do", "stress", "", false, false, "--yes"},
		{"agreed to beforehand", "stress", "", false, true, ""},
		{"agreed to", "stress", "y\n", true, false, ""},
		{"refused", "stress", "n\n", true, false, "not stressed"},
		{"no answer", "stress", "", true, false, "not stressed"},
		{"no stress", "quick", "", false, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o, said := options(tt.preset, nil, nil)
			o.URLs, o.Rails.yes = []string{"vllm=" + url}, tt.yes
			o.Streams.In, o.Streams.Live = strings.NewReader(tt.answer), tt.live
			if err := o.Complete(t.Context()); err != nil {
				t.Fatal(err)
			}
			targets, end, err := o.targets()
			if err != nil {
				t.Fatal(err)
			}
			defer end() //nolint:errcheck // nothing of interest
			err = o.askAboutOthers(t.Context(), targets)
			var usage *cli.UsageError
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (!errors.As(err, &usage) || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("%v, want %q", err, tt.want)
			}
			if tt.live && !strings.Contains(said.String(), "3 requests running") {
				t.Errorf("asked without the figure: %s", said)
			}
		})
	}
}
