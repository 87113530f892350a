package discover

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// balanced gives a Service a load balancer at a real address, which leads to
// the pods' port 8000.
func balanced(t testing.TB, address string) func(*corev1.Service) {
	t.Helper()
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return func(s *corev1.Service) {
		s.Spec.Type = corev1.ServiceTypeLoadBalancer
		s.Spec.Ports = []corev1.ServicePort{servicePort("http", int32(number), 8000)}
		s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: host}}
	}
}

// tunnels opens tunnels to the servers of pods, and counts what is left open.
type tunnels struct {
	to     map[string]string
	opened atomic.Int64
	open   atomic.Int64
}

func (n *tunnels) tunnel(spec kube.TunnelSpec) (dial func(context.Context, string, string) (net.Conn, error), end func() error) {
	n.opened.Add(1)
	n.open.Add(1)
	dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		address, ok := n.to[spec.Pods[0]]
		if !ok {
			return nil, errors.New("open tunnel: pods/portforward is forbidden")
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	return dial, func() error { n.open.Add(-1); return nil }
}

// summary writes an engine as "name: health via url | candidates".
func summary(e record.DiscoveredEngine) string {
	var b strings.Builder
	b.WriteString(e.Engine + ": " + e.Namespace + "/" + e.Name)
	if e.Healthy {
		b.WriteString(" healthy")
	}
	b.WriteString(" " + or(e.Via, "-"))
	for _, c := range e.Candidates {
		b.WriteString(" | " + c.Via + " " + string(c.Status))
	}
	return b.String()
}

func find(t *testing.T, o Options) Result {
	t.Helper()
	r, err := Find(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func summaries(r Result) []string {
	var all []string
	for _, e := range r.Document(nil).Engines {
		all = append(all, summary(e))
	}
	return all
}

func TestFindThreeEngines(t *testing.T) {
	vllm, tgi, ollama := engineOf(t, "vllm"), engineOf(t, "tgi"), engineOf(t, "ollama")
	n := tunnels{to: map[string]string{"ollama-0": ollama}}
	inv := inventory(
		service("vllm"), vllmPod("vllm-0", gpus("nvidia.com/gpu", "2"), args("--model", "m", "--api-key", "secret")), route(t, "spec: {to: {kind: Service, name: vllm}}"+admitted),
		service("text", balanced(t, tgi)), pod("t-0", image("mirror.corp/text-generation-inference"), labelled("app", "text"), on("node-2")),
		pod("ollama-0", image("ollama/ollama")),
	)
	var mu sync.Mutex
	var told []string
	r := find(t, Options{
		Inventory: inv, OpenTunnel: n.tunnel,
		Wire: wire.Options{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			if address == "vllm.apps.corp:80" {
				address = vllm
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		}},
		Notify: func(s string) { mu.Lock(); defer mu.Unlock(); told = append(told, s) },
	})
	want := []string{
		"vllm: team-a/vllm healthy route | route chosen | cluster-dns untried | port-forward untried",
		"tgi: team-a/text healthy loadbalancer | loadbalancer chosen | cluster-dns untried | port-forward untried",
		"ollama: team-a/ollama-0 healthy port-forward | port-forward chosen",
	}
	if diff := cmp.Diff(want, summaries(r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	e := r.Engines[0]
	if e.Way != (Way{Via: "route", URL: "http://vllm.apps.corp"}) || len(e.Models) != 1 || e.Version == "" || !e.RTTMS.Known() {
		t.Errorf("%+v", e)
	}
	wantInfo := record.EngineInfo{
		Engine: "vllm", Kind: "vllm", Version: e.Version, Model: e.Models[0], Image: "vllm/vllm-openai:v0.9.1", Args: []string{"--model", "m", "--api-key", "REDACTED"},
		Node: "node-1", GPU: &record.GPU{Product: "nvidia.com/gpu", Count: 2}, Replicas: 1, Endpoint: e.URL, Via: "route", ContextLength: e.Info.ContextLength,
	}
	if diff := cmp.Diff(wantInfo, e.Info); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(e.Findings) != 2 || e.Findings[0].ID != "route-timeout" || e.Findings[1].ID != "route-delays" {
		t.Errorf("findings %v", e.Findings)
	}
	if !strings.HasPrefix(e.Reason, "route/vllm answers as vllm ") || !strings.Contains(e.Reason, "recognised by image vllm/vllm-openai") {
		t.Errorf("reason %q", e.Reason)
	}
	if way := r.Engines[2].Way; way.Tunnel == nil || way.Tunnel.Port != 11434 {
		t.Errorf("%+v", way)
	}
	if n.opened.Load() != 1 || n.open.Load() != 0 {
		t.Errorf("%d tunnels, of which %d are open", n.opened.Load(), n.open.Load())
	}
	if !strings.Contains(strings.Join(told, "\n"), "3 look like an engine among 2 Services and 3 pods") {
		t.Errorf("told %q", told)
	}
}

func TestAWayThatFailsGivesWayToTheNext(t *testing.T) {
	n := tunnels{to: map[string]string{"v": engineOf(t, "vllm")}}
	router := serve(t, answers(503, page)).Listener.Addr().String()
	inv := func() *kube.Inventory {
		return inventory(service("vllm"), vllmPod("v"), route(t, "spec: {to: {kind: Service, name: vllm}}"+admitted))
	}
	o := Options{Inventory: inv(), OpenTunnel: n.tunnel, Wire: wire.Options{Dial: dialAt(router)}}
	want := []string{"vllm: team-a/vllm healthy port-forward | route failed | cluster-dns untried | port-forward chosen"}
	if diff := cmp.Diff(want, summaries(find(t, o))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	o.Via = viaRoute
	o.Inventory = inv()
	r := find(t, o)
	if diff := cmp.Diff([]string{"vllm: team-a/vllm - | route failed | cluster-dns untried | port-forward untried"}, summaries(r)); diff != "" {
		t.Errorf("pinned (-want +got):\n%s", diff)
	}
	if reason := r.Engines[0].Reason; !strings.HasPrefix(reason, "no way leads to it: route/vllm: answered HTTP 503 with a web page") {
		t.Errorf("reason %q", reason)
	}
	o.Via, o.Inventory, o.Wire.Dial = viaPortForward, inv(), dialAt(n.to["v"])
	if diff := cmp.Diff([]string{"vllm: team-a/vllm healthy port-forward | route untried | cluster-dns untried | port-forward chosen"}, summaries(find(t, o))); diff != "" {
		t.Errorf("pinned to a tunnel (-want +got):\n%s", diff)
	}
}

func TestAHealthyWayIsBetterThanAnIllOne(t *testing.T) {
	vllm := engineHandler(t, "vllm")
	ill := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/health" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		vllm.ServeHTTP(w, r)
	})).Listener.Addr().String()
	both := inventory(service("vllm", balanced(t, ill)), service("vllm-b", selects("app", "vllm"), balanced(t, engineOf(t, "vllm"))), vllmPod("v"))
	r := find(t, Options{Inventory: both})
	want := []string{"vllm: team-a/vllm healthy loadbalancer | loadbalancer usable | loadbalancer chosen | cluster-dns untried | cluster-dns untried | port-forward untried"}
	if diff := cmp.Diff(want, summaries(r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	alone := inventory(service("vllm", balanced(t, ill)), vllmPod("v"))
	r = find(t, Options{Inventory: alone})
	if e := r.Engines[0]; e.Healthy || e.Via != viaLoadBalancer || !strings.Contains(e.Reason, "is not healthy: /health answered HTTP 500") {
		t.Errorf("%+v", e.DiscoveredEngine)
	}
}

func TestWhatAnswersDecides(t *testing.T) {
	web := serve(t, answers(200, page)).Listener.Addr().String()
	ollama := engineOf(t, "ollama")
	guarded := serve(t, answers(401, `{"error":"who are you"}`)).Listener.Addr().String()
	for _, tt := range []struct {
		name    string
		inv     *kube.Inventory
		engines []string
		skipped []record.Skipped
	}{
		{"a name that answers as another engine", inventory(service("vllm", balanced(t, ollama)), vllmPod("v")),
			[]string{"ollama: team-a/vllm healthy loadbalancer | loadbalancer chosen | cluster-dns untried | port-forward untried"}, nil},
		{"a name that answers as none", inventory(service("vllm", balanced(t, web)), pod("v", labelled("app", "vllm"))),
			nil, []record.Skipped{{Source: "service team-a/vllm", Reason: "looks like an engine by label app=vllm, but answers as none that is known"}}},
		{"an image that answers as none", inventory(service("vllm", balanced(t, web)), vllmPod("v")),
			[]string{"vllm: team-a/vllm - | loadbalancer failed | cluster-dns untried | port-forward untried"}, nil},
		{"a GPU that answers as an engine", inventory(service("llm", balanced(t, ollama)), pod("v", labelled("app", "llm"), gpus("nvidia.com/gpu", "1"))),
			[]string{"ollama: team-a/llm healthy loadbalancer | loadbalancer chosen | cluster-dns untried | port-forward untried"}, nil},
		{"a GPU that answers as none", inventory(service("llm", balanced(t, web)), pod("v", labelled("app", "llm"), gpus("nvidia.com/gpu", "1"))),
			nil, []record.Skipped{{Source: "service team-a/llm", Reason: "looks like an engine by a pod with nvidia.com/gpu, but answers as none that is known"}}},
		{"a GPU that wants a token", inventory(service("llm", balanced(t, guarded)), pod("v", labelled("app", "llm"), gpus("nvidia.com/gpu", "1"))),
			nil, []record.Skipped{{Source: "service team-a/llm", Reason: "looks like an engine by a pod with nvidia.com/gpu; it wants a token, and without one its kind cannot be told"}}},
		{"a GPU that is not ready", inventory(pod("v", unready, port("", 8000), gpus("nvidia.com/gpu", "1"))),
			nil, []record.Skipped{{Source: "pod team-a/v", Reason: "looks like an engine by a pod with nvidia.com/gpu, but no ready pod: v runs but is not ready: its model may still be loading, or its readiness probe fails"}}},
		{"a name that nobody can reach", inventory(service("vllm"), pod("v", labelled("app", "vllm"))),
			[]string{"vllm: team-a/vllm - | cluster-dns untried | port-forward untried"}, nil},
		{"nothing", inventory(), nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := find(t, Options{Inventory: tt.inv})
			if diff := cmp.Diff(tt.engines, summaries(r)); diff != "" {
				t.Errorf("engines (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.skipped, r.Skipped); diff != "" {
				t.Errorf("skipped (-want +got):\n%s", diff)
			}
		})
	}
	r := find(t, Options{Inventory: inventory(service("vllm", balanced(t, guarded)), vllmPod("v"))})
	if e := r.Engines[0]; !e.WantsToken || e.Kind != "vllm" || e.Healthy || !strings.Contains(e.Reason, "--engine-token-file") {
		t.Errorf("%+v", e)
	}
}

func TestTheDocumentHasNoNullLists(t *testing.T) {
	for _, r := range []Result{{}, find(t, Options{Inventory: inventory(service("vllm"))})} {
		text, err := json.Marshal(r.Document(&record.Cluster{Version: "v1.37.2"}))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "null") {
			t.Errorf("%s", text)
		}
	}
}

func TestFindEndsWithItsContext(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("enough")
	o := Options{
		Inventory: inventory(service("vllm", balanced(t, ln.Addr().String())), service("tgi", balanced(t, ln.Addr().String())), vllmPod("v"), pod("t", labelled("app", "tgi"))),
		// The first line is of what was recognised, the second of the one probe
		// that has the only slot.
		Concurrency: 1, ProbeTimeout: time.Hour, Notify: func(s string) {
			if strings.Contains(s, "trying") {
				cancel(stop)
			}
		},
	}
	if _, err := Find(ctx, o); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}

func TestFindRefusesWhatMakesNoClient(t *testing.T) {
	if _, err := Find(t.Context(), Options{Inventory: inventory(), Wire: wire.Options{CAPEM: []byte("x")}}); err == nil {
		t.Error("an authority file without a certificate was taken")
	}
	if _, err := Find(t.Context(), Options{}); err == nil {
		t.Error("no inventory was taken")
	}
}

// found is an engine to name.
func found(kind, namespace, name string, services ...string) Found {
	return Found{DiscoveredEngine: record.DiscoveredEngine{Kind: kind, Namespace: namespace, Name: name}, Services: services}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct {
		name    string
		engines []Found
		want    []string
	}{
		{"one of a kind", []Found{found("tgi", "b", "x"), found("vllm", "a", "llm")}, []string{"vllm=a/llm", "tgi=b/x"}},
		{"several", []Found{found("vllm", "a", "vllm-small"), found("vllm", "a", "large"), found("vllm", "a", "vllm")}, []string{"vllm-large=a/large", "vllm-a=a/vllm", "vllm-small=a/vllm-small"}},
		{"the same in two namespaces", []Found{found("vllm", "b", "vllm-x"), found("vllm", "a", "vllm-x"), found("vllm", "a", "y")}, []string{"vllm-a-vllm-x=a/vllm-x", "vllm-y=a/y", "vllm-b-vllm-x=b/vllm-x"}},
		{"two that differ in their prefix alone", []Found{found("vllm", "a", "x"), found("vllm", "a", "vllm-x")}, []string{"vllm-a-vllm-x=a/vllm-x", "vllm-a-x=a/x"}},
		{"two ports of one Service", []Found{found("vllm", "a", "llm"), found("vllm", "a", "llm")}, []string{"vllm-a-llm=a/llm", "vllm-a-llm-2=a/llm"}},
		{"unknown kinds come last", []Found{found("openai", "a", "x"), found("ollama", "z", "x"), found("tgi", "y", "x")}, []string{"tgi=y/x", "ollama=z/x", "openai=a/x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			nameAll(tt.engines)
			var got []string
			for _, e := range tt.engines {
				got = append(got, e.Engine+"="+e.Namespace+"/"+e.Name)
				if kind, ok := config.EngineKind(e.Engine); !ok || kind != e.Kind || e.Info.Engine != e.Engine {
					t.Errorf("%q is no name of a %s engine", e.Engine, e.Kind)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPick(t *testing.T) {
	engines := []Found{
		found("vllm", "team-a", "vllm-large", "vllm-large", "vllm-headless"), found("vllm", "team-a", "small"),
		found("vllm", "team-b", "small"), found("ollama", "team-b", "small"),
	}
	nameAll(engines)
	for _, tt := range []struct {
		wanted []string
		want   []string
		err    string
	}{
		{nil, []string{"vllm-team-a-small", "vllm-large", "vllm-team-b-small", "ollama"}, ""},
		{[]string{"ollama", "vllm-large"}, []string{"ollama", "vllm-large"}, ""},
		{[]string{"vllm"}, []string{"vllm-team-a-small", "vllm-large", "vllm-team-b-small"}, ""},
		{[]string{"vllm-large", "vllm"}, []string{"vllm-large", "vllm-team-a-small", "vllm-team-b-small"}, ""},
		{[]string{"vllm=team-a/vllm-large"}, []string{"vllm"}, ""},
		{[]string{"vllm=vllm-headless"}, []string{"vllm"}, ""},
		{[]string{"vllm-b=team-b/small", "ollama"}, []string{"vllm-b", "ollama"}, ""},
		{[]string{"ollama-x=small"}, []string{"ollama-x"}, ""},
		{[]string{"vllm=small"}, nil, "vllm=small: several are behind Services of that name: name the namespace too, as vllm=team-a/small"},
		{[]string{"tgi=vllm-large"}, nil, "tgi=vllm-large: that engine answers as vllm: call it vllm, or vllm-…"},
		{[]string{"large=vllm-large"}, nil, "large=vllm-large: an engine's name is its kind, or the kind with a dash and a name behind it, as vllm-large"},
		{[]string{"vllm=team-c/small"}, nil, "vllm=team-c/small: no engine is behind that Service: there are vllm-team-a-small (team-a/small), vllm-large (team-a/vllm-large), vllm-team-b-small (team-b/small), ollama (team-b/small)"},
		{[]string{"tgi"}, nil, `no engine is called "tgi": there are vllm-team-a-small (team-a/small), vllm-large (team-a/vllm-large), vllm-team-b-small (team-b/small), ollama (team-b/small)`},
		{[]string{"vllm-x=team-a/small", "vllm-x=team-b/small"}, nil, "the engines of team-a/small and team-b/small would both be called vllm-x: give one another name, as vllm-2=team-b/small"},
	} {
		got, err := Pick(engines, tt.wanted)
		var names []string
		for _, e := range got {
			names = append(names, e.Engine)
		}
		if diff := cmp.Diff(tt.want, names); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.wanted, diff)
		}
		if text := errorText(err); text != tt.err {
			t.Errorf("%v: error %q, want %q", tt.wanted, text, tt.err)
		}
	}
	if _, err := Pick(nil, []string{"vllm"}); errorText(err) != `no engine is called "vllm": there is none` {
		t.Errorf("%v", err)
	}
	if engines[1].Engine != "vllm-large" {
		t.Error("picking renamed the engine it was given")
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
