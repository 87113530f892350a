package discover

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func container(s corev1.ContainerStatus) func(*corev1.Pod) {
	return func(p *corev1.Pod) { unready(p); p.Status.ContainerStatuses = []corev1.ContainerStatus{s} }
}

func waiting(reason string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}}
}

func ended(code int32, reason string) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Reason: reason}}
}

func TestWhyNoPodIsReady(t *testing.T) {
	pending := func(p *corev1.Pod) {
		p.Status = corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{
			{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "0/3 nodes are available: 3 Insufficient nvidia.com/gpu."},
		}}
	}
	for _, tt := range []struct {
		name string
		pods []any
		want string
	}{
		{"one is", []any{vllmPod("a"), vllmPod("b", unready)}, ""},
		{"a crash loop", []any{vllmPod("vllm-0", container(corev1.ContainerStatus{RestartCount: 7, State: waiting("CrashLoopBackOff"), LastTerminationState: ended(137, "OOMKilled")}))},
			"no ready pod: vllm-0 is in CrashLoopBackOff (restarted 7 times, last exit 137 OOMKilled)"},
		{"a crash", []any{vllmPod("vllm-0", container(corev1.ContainerStatus{RestartCount: 1, State: waiting("CrashLoopBackOff"), LastTerminationState: ended(1, "Error")}))},
			"no ready pod: vllm-0 is in CrashLoopBackOff (restarted 1 time, last exit 1)"},
		{"an image that cannot be pulled", []any{vllmPod("vllm-0", container(corev1.ContainerStatus{State: waiting("ImagePullBackOff")}))},
			"no ready pod: vllm-0 is in ImagePullBackOff"},
		{"between two crashes", []any{vllmPod("vllm-0", container(corev1.ContainerStatus{State: ended(2, "Error")}))},
			"no ready pod: vllm-0 has ended with exit 2"},
		{"between more crashes, as kubelets since 1.36 tell it", []any{vllmPod("vllm-0", container(corev1.ContainerStatus{RestartCount: 3, State: ended(2, "Error")}))},
			"no ready pod: vllm-0 keeps crashing (restarted 3 times, last exit 2)"},
		{"started again after it ran out of memory", []any{vllmPod("vllm-0", container(corev1.ContainerStatus{RestartCount: 2, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}, LastTerminationState: ended(137, "OOMKilled")}))},
			"no ready pod: vllm-0 was restarted 2 times, last exit 137 OOMKilled"},
		{"no room", []any{vllmPod("vllm-0", pending)}, "no ready pod: vllm-0 cannot be scheduled: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu."},
		{"loading", []any{vllmPod("vllm-0", container(corev1.ContainerStatus{State: waiting("ContainerCreating")}))},
			"no ready pod: vllm-0 runs but is not ready: its model may still be loading, or its readiness probe fails"},
		{"an init container", []any{vllmPod("vllm-0", unready, func(p *corev1.Pod) {
			p.Status.InitContainerStatuses = []corev1.ContainerStatus{{State: waiting("CrashLoopBackOff"), RestartCount: 3}}
		})}, "no ready pod: vllm-0 is in CrashLoopBackOff (restarted 3 times)"},
		{"the most telling of several", []any{vllmPod("a", unready), vllmPod("b", container(corev1.ContainerStatus{State: waiting("ErrImagePull")})), vllmPod("c", pending)},
			"no ready pod: b is in ErrImagePull; 2 more are not ready"},
		{"no pod at all", nil, "the Service has no endpoints: its selector app=vllm matches no pod"},
		{"only pods that have ended", []any{vllmPod("a", func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed })},
			"the Service has no endpoints: its selector app=vllm matches no pod"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inv := inventory(append(tt.pods, service("vllm"), route(t, "spec: {to: {kind: Service, name: vllm}}"+admitted))...)
			ix, c := one(t, inv)
			if diff := cmp.Diff(tt.want, c.whyNoneReady()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if tt.want == "" {
				return
			}
			c.rungs = ladder(ix, c, Options{OpenTunnel: noTunnel})
			f, _ := settle(ix, c)
			if f == nil || f.Healthy || f.Reason != tt.want || f.Via != "" {
				t.Fatalf("%+v", f)
			}
			for _, way := range f.Candidates {
				if way.Status != record.CandidateUntried && way.Status != record.CandidateRefused {
					t.Errorf("%s is %s, though no pod is ready", way.Object, way.Status)
				}
			}
		})
	}
	_, c := one(t, inventory(service("vllm", selects())))
	if got := c.whyNoneReady(); got != "the Service has no endpoints and no selector" {
		t.Errorf("without a selector: %q", got)
	}
}

func TestEndpointsThatAreNoPods(t *testing.T) {
	s := slice("vllm", map[string]int32{"http": 8000})
	s.Endpoints = append(s.Endpoints, slice("x", nil, "external").Endpoints...)
	s.Endpoints[0].TargetRef = nil
	ix, c := one(t, inventory(service("vllm", selects()), s))
	if c.ready() != 1 || c.whyNoneReady() != "" {
		t.Errorf("%d ready, %q", c.ready(), c.whyNoneReady())
	}
	all := ladder(ix, c, Options{OpenTunnel: noTunnel, InCluster: true})
	if len(all) != 2 || all[0].status != "" || all[1].reason != "its endpoints are no pods" {
		t.Errorf("%s, %s", show(all[0]), show(all[1]))
	}
}

func TestInfo(t *testing.T) {
	digest := func(p *corev1.Pod) {
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "istio-proxy", ImageID: "x@sha256:no"}, {Name: "main", ImageID: "docker-pullable://vllm/vllm-openai@sha256:abc"}}
	}
	hopper := node("node-1", "10.1.0.1", "")
	hopper.Labels["nvidia.com/gpu.product"] = "NVIDIA-H100-80GB-HBM3"
	for _, tt := range []struct {
		name    string
		objects []any
		want    record.EngineInfo
	}{
		{"two replicas on two nodes",
			[]any{service("vllm"), hopper, vllmPod("a", digest, command("vllm"), args("serve", "m"), gpus("nvidia.com/gpu", "4")), vllmPod("b", on("node-2")), vllmPod("c", on("node-3"), unready)},
			record.EngineInfo{Kind: "vllm", Image: "vllm/vllm-openai:v0.9.1", ImageDigest: "sha256:abc", Args: []string{"vllm", "serve", "m"}, Node: "node-1,node-2", Replicas: 2, GPU: &record.GPU{Product: "NVIDIA-H100-80GB-HBM3", Count: 4}}},
		{"a slice of a GPU", []any{hopper, vllmPod("a", gpus("nvidia.com/mig-1g.10gb", "1"))},
			record.EngineInfo{Kind: "vllm", Image: "vllm/vllm-openai:v0.9.1", Node: "node-1", Replicas: 1, GPU: &record.GPU{Product: "NVIDIA-H100-80GB-HBM3 MIG 1g.10gb", Count: 1}}},
		{"none ready", []any{vllmPod("a", unready)},
			record.EngineInfo{Kind: "vllm", Image: "vllm/vllm-openai:v0.9.1", Node: "node-1"}},
		{"the engine among others", []any{pod("a", image("ui"), beside(corev1.Container{Name: "llm", Image: "ollama/ollama:1", Args: []string{"serve"}}))},
			record.EngineInfo{Kind: "ollama", Image: "ollama/ollama:1", Args: []string{"serve"}, Node: "node-1", Replicas: 1}},
		{"pods that cannot be seen", []any{service("vllm"), slice("vllm", map[string]int32{"http": 8000}, "a", "b")},
			record.EngineInfo{Kind: "vllm", Replicas: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ix, c := one(t, inventory(tt.objects...))
			if diff := cmp.Diff(tt.want, info(ix, c)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNodes(t *testing.T) {
	a, b := node("a", "10.0.0.1", ""), node("b", "10.0.0.2", "")
	a.Labels = map[string]string{"nvidia.com/gpu.product": "L40S", "kubernetes.io/hostname": "a", "topology.kubernetes.io/zone": "z1"}
	a.Status.Allocatable = gpuList("nvidia.com/gpu", "8")
	inv := inventory(b, a, node("c", "10.0.0.3", ""))
	engines := []Found{{DiscoveredEngine: record.DiscoveredEngine{Info: record.EngineInfo{Node: "a,b"}}}, {}}
	want := []record.Node{
		{Name: "a", GPU: &record.GPU{Product: "L40S", Count: 8}, Labels: map[string]string{"nvidia.com/gpu.product": "L40S", "topology.kubernetes.io/zone": "z1"}},
		{Name: "b"},
	}
	if diff := cmp.Diff(want, Nodes(inv, engines)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Nodes(&kube.Inventory{}, engines); got != nil {
		t.Errorf("without nodes: %v", got)
	}
}

func gpuList(name, count string) corev1.ResourceList {
	p := pod("x", gpus(name, count))
	return p.Spec.Containers[0].Resources.Limits
}

func TestRedact(t *testing.T) {
	for _, tt := range []struct {
		args, want []string
	}{
		{[]string{"serve", "m", "--port", "8000"}, []string{"serve", "m", "--port", "8000"}},
		{[]string{"--api-key", "s3cret", "--port", "1"}, []string{"--api-key", "REDACTED", "--port", "1"}},
		{[]string{"--api-key=s3cret"}, []string{"--api-key=REDACTED"}},
		{[]string{"--api-key", "s3cret", "s3cret2", "-q"}, []string{"--api-key", "REDACTED", "REDACTED", "-q"}},
		{[]string{"--api-key", "-s3cret"}, []string{"--api-key", "REDACTED"}},
		{[]string{"--hf-token=s3cret s3cret"}, []string{"--hf-token=REDACTED"}},
		{[]string{"--token"}, []string{"--token"}},
		{[]string{"--hf-token", "s3cret", "--hf_token=s3cret", "--auth-token=s3cret"}, []string{"--hf-token", "REDACTED", "--hf_token=REDACTED", "--auth-token=REDACTED"}},
		{[]string{"--db-password", "s3cret", "--client-secret=s3cret"}, []string{"--db-password", "REDACTED", "--client-secret=REDACTED"}},
		{[]string{"HF_TOKEN=s3cret", "OPENAI_API_KEY=s3cret"}, []string{"HF_TOKEN=REDACTED", "OPENAI_API_KEY=REDACTED"}},
		{[]string{"--max-num-batched-tokens", "8192", "--max-total-tokens=4096", "--tokenizer", "org/t", "--tokenizer-mode=auto"},
			[]string{"--max-num-batched-tokens", "8192", "--max-total-tokens=4096", "--tokenizer", "org/t", "--tokenizer-mode=auto"}},
		{[]string{"-c", "export HF_TOKEN=s3cret; vllm serve m --api-key s3cret --port 8000"},
			[]string{"-c", "export HF_TOKEN=REDACTED; vllm serve m --api-key REDACTED --port 8000"}},
		{[]string{"-c", `vllm serve m --api-key="s3cret s3cret" --max-tokens 3 && curl -H 'Authorization: Bearer s3cret' x`},
			[]string{"-c", `vllm serve m --api-key=REDACTED --max-tokens 3 && curl -H 'Authorization: Bearer REDACTED' x`}},
		{[]string{"--model-loader-extra-config", `{"hf_token": "s3cret", "n": 1}`}, []string{"--model-loader-extra-config", `{"hf_token": REDACTED, "n": 1}`}},
		{[]string{"--otlp", "https://user:s3cret@collector.corp/x"}, []string{"--otlp", "https://REDACTED@collector.corp/x"}},
		{[]string{"hf_s3cretS3cret", "sk-s3cretS3cret"}, []string{"REDACTED", "REDACTED"}},
		{[]string{"-c", "vllm serve --api-key s3cret1 s3cret2 --port 1"}, []string{"-c", "vllm serve --api-key REDACTED REDACTED --port 1"}},
		{nil, nil},
	} {
		if diff := cmp.Diff(tt.want, redact(tt.args)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("s3cret", "--port")
	f.Add("-x", "")
	f.Fuzz(func(t *testing.T, secret, other string) {
		const shown = "--api-key=REDACTED--hf-token"
		if len(secret) < 4 || strings.Contains(other, secret) || strings.HasPrefix(secret, "--") || strings.Contains(shown, secret) {
			t.Skip()
		}
		for _, args := range [][]string{{"--api-key", secret}, {"--hf-token=" + secret}, {"HF_TOKEN=" + secret}} {
			if strings.ContainsAny(secret, " \t\n") && args[0][0] != '-' {
				continue // a variable before several words begins a script
			}
			got := redact(append([]string{other}, args...))
			if slices.ContainsFunc(got, func(arg string) bool { return strings.Contains(arg, secret) }) {
				t.Errorf("%q shows the secret of %q", got, args)
			}
		}
	})
}

// BenchmarkRecognise recognises the engines among 5,000 Services and 5,000
// pods, of which one in a hundred is an engine: with endpoint slices, and with
// selectors alone.
func BenchmarkRecognise(b *testing.B) {
	for _, bb := range []struct {
		name   string
		slices bool
		size   int
	}{{"slices-500", true, 500}, {"slices-5000", true, 5000}, {"selectors-500", false, 500}, {"selectors-5000", false, 5000}} {
		b.Run(bb.name, func(b *testing.B) {
			inv := crowd(bb.size, bb.slices)
			b.ReportAllocs()
			for b.Loop() {
				if got := len(recognise(newIndex(inv), nil)); got != bb.size/100 {
					b.Fatalf("%d engines", got)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*bb.size), "ns/service")
		})
	}
}

// crowd is an inventory of so many Services, each with a pod, all of which
// share a label.
func crowd(size int, slices bool) *kube.Inventory {
	inv := &kube.Inventory{}
	for i := range size {
		name := fmt.Sprintf("web-%d", i)
		p := pod(name+"-0", labelled("app", name, "release", "all"), port("http", 8080))
		if i%100 == 0 {
			image("mirror.corp/vllm-openai:1")(&p)
		}
		inv.Pods = append(inv.Pods, p)
		inv.Services = append(inv.Services, service(name, selects("app", name, "release", "all"), ports(servicePort("http", 80, 8080))))
		if slices {
			inv.EndpointSlices = append(inv.EndpointSlices, slice(name, map[string]int32{"http": 8080}, p.Name))
		}
	}
	return inv
}
