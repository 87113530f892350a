package discover

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestImages(t *testing.T) {
	for image, want := range map[string]string{
		"vllm/vllm-openai:v0.9.1":    "vllm 8000",
		"docker.io/vllm/vllm-openai": "vllm 8000",
		"registry.corp:5000/mirror/hub/vllm-openai@sha256:0123456789abcdef":    "vllm 8000",
		"registry.redhat.io/rhaiis/vllm-cuda-rhel9:3.2":                        "vllm 8000",
		"quay.io/modh/vllm:rhoai-2.20-cuda":                                    "vllm 8000",
		"rocm/vllm:latest":                                                     "vllm 8000",
		"registry.corp/team/our-VLLM-build:2":                                  "vllm 8000",
		"ghcr.io/llm-d/llm-d-inference-sim:v0.4.0":                             "vllm 8000",
		"ghcr.io/huggingface/text-generation-inference:3.3.5":                  "tgi 80",
		"763104351884.dkr.ecr/huggingface-pytorch-tgi-inference:2.7-tgi3.3.4":  "tgi 80",
		"harbor.corp/proxy/huggingface_text-generation-inference-rocm@sha256:": "tgi 80",
		"ollama/ollama":                                    "ollama 11434",
		"localhost/ollama:0.9":                             "ollama 11434",
		"lmsysorg/sglang:v0.4.7-cu124":                     "openai 30000",
		"ghcr.io/ggml-org/llama.cpp:server-cuda":           "openai 8080",
		"registry.corp/mirror/llama-cpp-server":            "openai 8080",
		"nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8":       "openai 8000",
		"harbor.corp/nvcr/nim/mistralai/mistral-7b:latest": "openai 8000",
		"kserve/huggingfaceserver:v0.15.2-gpu":             "openai 8080",
		"openmmlab/lmdeploy:latest":                        "openai 23333",
		"ghcr.io/open-webui/open-webui:ollama":             "",
		"ghcr.io/nekomeowww/ollama-operator:0.10":          "",
		"registry.corp/vllm-metrics-exporter":              "",
		"nginx:1.27":                                       "",
		"vllm.registry.corp/team/web":                      "",
		"registry.corp/vllm/web-ui":                        "",
		"":                                                 "",
	} {
		got := ""
		if c, ok := imageClue(image); ok {
			s, port, _ := weigh([]clue{c})
			got = fmt.Sprintf("%s %d", s.kind, port)
			if s.level != strong {
				t.Errorf("%s: level %d", image, s.level)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", image, got, want)
		}
	}
}

// TestEnginesInPods reads one pod each, whose image says nothing unless given.
func TestEnginesInPods(t *testing.T) {
	sidecar := corev1.Container{Name: "istio-proxy", Image: "vllm/proxyv2", Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8000}}}
	for _, tt := range []struct {
		name string
		pod  corev1.Pod
		want string
	}{
		{"vllm serve", pod("p", command("vllm", "serve", "m")), "vllm 8000 strong: command vllm serve"},
		{"by its path, with a port", pod("p", command("/opt/venv/bin/vllm"), args("serve", "m", "--port", "9000")), "vllm 9000 strong: command vllm serve"},
		{"a Python module", pod("p", command("python3", "-m", "vllm.entrypoints.openai.api_server"), args("--model=m", "--port=8080")), "vllm 8080 strong: command vllm.entrypoints.openai.api_server"},
		{"in a shell", pod("p", command("sh", "-c", `export A=1; exec "vllm" serve m --port 8001 2>&1`)), "vllm 8001 strong: command vllm serve"},
		{"TGI's launcher", pod("p", command("text-generation-launcher"), args("--model-id", "m")), "tgi 3000 strong: command text-generation-launcher"},
		{"TGI's launcher with its short flag", pod("p", command("text-generation-launcher"), args("-p", "8080")), "tgi 8080 strong: command text-generation-launcher"},
		{"TGI's image with PORT", pod("p", image("ghcr.io/huggingface/text-generation-inference:3"), env("PORT", "8080")), "tgi 8080 strong: image huggingface/text-generation-inference"},
		{"ollama serve in a shell", pod("p", command("bash", "-lc", "ollama serve & sleep 5; ollama pull m; wait")), "ollama 11434 strong: command ollama serve"},
		{"ollama only pulled with", pod("p", command("ollama", "pull", "m")), ""},
		{"Ollama at another port", pod("p", image("ollama/ollama"), env("OLLAMA_HOST", "0.0.0.0:8080")), "ollama 8080 strong: image ollama/ollama, variable OLLAMA_HOST"},
		{"Ollama at an address alone", pod("p", image("ollama/ollama"), env("OLLAMA_HOST", "0.0.0.0")), "ollama 11434 strong: image ollama/ollama, variable OLLAMA_HOST"},
		{"a port by reference", pod("p", command("vllm", "serve", "--port", "$(API_PORT)"), env("API_PORT", "8123")), "vllm 8123 strong: command vllm serve"},
		{"llama.cpp", pod("p", command("/app/llama-server"), args("--port", "8081")), "openai 8081 strong: command llama-server"},
		{"a port declared", pod("p", image("vllm/vllm-openai"), port("metrics", 9090), port("http", 8088)), "vllm 8088 strong: image vllm/vllm-openai"},
		{"its usual port among those declared", pod("p", image("vllm/vllm-openai"), port("http", 8080), port("", 8000)), "vllm 8000 strong: image vllm/vllm-openai"},
		{"its own TLS", pod("p", image("vllm/vllm-openai"), args("--ssl-certfile=/tls/crt", "--ssl-keyfile=/tls/key")), "vllm 8000 TLS strong: image vllm/vllm-openai"},
		{"settings", pod("p", env("VLLM_USE_V1", "1")), "vllm 8000 named: variable VLLM_USE_V1"},
		{"a client's settings", pod("p", env("VLLM_API_BASE", "x"), env("OLLAMA_BASE_URL", "x"), env("VLLM_API_KEY", "x")), ""},
		{"TGI's settings", pod("p", env("MODEL_ID", "m"), env("HF_TOKEN", "x")), "tgi 80 named: variables MODEL_ID and HF_*"},
		{"a model's name alone", pod("p", env("MODEL_ID", "m")), ""},
		{"port 11434", pod("p", port("", 11434)), "ollama 11434 named: port 11434"},
		{"port 8000", pod("p", port("", 8000)), ""},
		{"port 8000 and a GPU", pod("p", port("", 8000), gpus("nvidia.com/gpu", "1")), "? 8000 hint: a pod with nvidia.com/gpu"},
		{"port 3000 and a slice of a GPU", pod("p", port("", 3000), gpus("nvidia.com/mig-1g.10gb", "1")), "? 3000 hint: a pod with nvidia.com/mig-1g.10gb"},
		{"port 80 and a Gaudi", pod("p", port("http", 80), gpus("habana.ai/gaudi", "8")), "? 80 hint: a pod with habana.ai/gaudi"},
		{"port 8080 and an AMD GPU", pod("p", port("http", 8080), gpus("amd.com/gpu", "1")), "? 8080 hint: a pod with amd.com/gpu"},
		{"port 8080 and an Intel GPU", pod("p", port("http", 8080), gpus("gpu.intel.com/i915", "1")), "? 8080 hint: a pod with gpu.intel.com/i915"},
		{"port 8888 and a GPU", pod("p", port("", 8888), gpus("nvidia.com/gpu", "1")), "? 0 hint: a pod with nvidia.com/gpu"},
		{"a metrics port and a GPU", pod("p", port("metrics", 8080), gpus("nvidia.com/gpu", "1")), "? 0 hint: a pod with nvidia.com/gpu"},
		{"no GPU after all", pod("p", port("", 8000), gpus("nvidia.com/gpu", "0")), ""},
		{"a label", pod("p", labelled("app.kubernetes.io/name", "vllm")), "vllm 8000 named: label app.kubernetes.io/name=vllm"},
		{"a release's label on something else", pod("p", labelled("app.kubernetes.io/name", "open-webui", "app.kubernetes.io/instance", "ollama")), ""},
		{"a label at a database's port", pod("p", labelled("app.kubernetes.io/instance", "vllm"), port("redis", 6379)), "vllm 8000 named: label app.kubernetes.io/instance=vllm"},
		{"KServe's runtime", pod("p", port("", 8080), func(p *corev1.Pod) {
			p.Annotations = map[string]string{"serving.kserve.io/servingruntime": "kserve-vllm-runtime"}
		}), "vllm 8080 named: runtime kserve-vllm-runtime"},
		{"a container's name", pod("p", func(p *corev1.Pod) { main(p).Name = "text-generation-inference" }), "tgi 80 named: container text-generation-inference"},
		{"a sidecar alone", pod("p", beside(sidecar)), ""},
		{"behind a sidecar", pod("p", image("ollama/ollama"), beside(sidecar)), "ollama 11434 strong: image ollama/ollama"},
		{"beside its user", pod("p", image("ghcr.io/open-webui/open-webui"), beside(corev1.Container{Name: "llm", Image: "ollama/ollama"})), "ollama 11434 strong: image ollama/ollama"},
		{"two in one pod", pod("p", image("vllm/vllm-openai"), beside(corev1.Container{Name: "two", Image: "ollama/ollama"})),
			"vllm 8000 strong: image vllm/vllm-openai | ollama 11434 strong: image ollama/ollama"},
		{"an init container", pod("p", func(p *corev1.Pod) {
			p.Spec.InitContainers = []corev1.Container{{Name: "pull", Image: "ollama/ollama"}}
		}), ""},
		{"what runs before what it is called", pod("p", image("ollama/ollama"), env("VLLM_X", "1")), "ollama 11434 strong: image ollama/ollama"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, s := range sightingsOf(&tt.pod) {
				text := fmt.Sprintf("%s %d", or(string(s.kind), "?"), s.port)
				if s.https {
					text += " TLS"
				}
				got = append(got, text+" "+[]string{"", "hint", "named", "strong"}[s.level]+": "+strings.Join(s.evidence, ", "))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " | ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// describe writes candidates as "name kind:port services [pods]"; a pod that
// is not ready has a "!".
func describe(all []*candidate) []string {
	var out []string
	for _, c := range all {
		var fronts, pods []string
		for _, f := range c.fronts {
			fronts = append(fronts, fmt.Sprintf("%s:%d>%d", f.Name, f.port.Port, f.target))
		}
		for _, m := range c.members {
			name := m.name
			if !m.ready {
				name = "!" + name
			}
			pods = append(pods, name)
		}
		out = append(out, fmt.Sprintf("%s/%s %s:%d %v %v", c.namespace, c.name, or(string(c.kind), "?"), c.port, fronts, pods))
	}
	return out
}

func TestRecognise(t *testing.T) {
	elsewhere := func(p *corev1.Pod) { p.Namespace = "team-b" }
	elsewhereService := func(s *corev1.Service) { s.Namespace = "team-b" }
	for _, tt := range []struct {
		name string
		inv  *kube.Inventory
		want []string
	}{
		{"nothing", inventory(), nil},
		{"a Service and its pods, by slices",
			inventory(service("vllm"), vllmPod("vllm-0"), vllmPod("vllm-1"), slice("vllm", map[string]int32{"http": 8000}, "vllm-1", "!vllm-0")),
			[]string{"team-a/vllm vllm:8000 [vllm:80>8000] [!vllm-0 vllm-1]"}},
		{"by the selector where slices cannot be seen",
			inventory(service("vllm"), vllmPod("vllm-0", unready), vllmPod("vllm-1"), pod("web", labelled("app", "web"))),
			[]string{"team-a/vllm vllm:8000 [vllm:80>8000] [!vllm-0 vllm-1]"}},
		{"several Services of the same pods are one, named after the plainest",
			inventory(
				service("vllm-headless", selects("app", "vllm"), func(s *corev1.Service) { s.Spec.ClusterIP = "None" }),
				service("vllm-external", selects("app", "vllm"), ports(servicePort("api", 8000, 8000))), service("vllm"), vllmPod("vllm-0")),
			[]string{"team-a/vllm vllm:8000 [vllm:80>8000 vllm-external:8000>8000 vllm-headless:80>8000] [vllm-0]"}},
		{"Services of other pods are others",
			inventory(service("vllm"), service("vllm-canary", selects("app", "vllm", "track", "canary")),
				vllmPod("a"), vllmPod("b", labelled("track", "canary"))),
			[]string{"team-a/vllm vllm:8000 [vllm:80>8000] [a b]", "team-a/vllm-canary vllm:8000 [vllm-canary:80>8000] [b]"}},
		{"pods without a Service, by their owner",
			inventory(vllmPod("x-1", owned("ReplicaSet", "x-5f7"), labelled("pod-template-hash", "5f7")),
				vllmPod("x-2", unready, owned("ReplicaSet", "x-9ab"), labelled("pod-template-hash", "9ab")),
				vllmPod("alone"), vllmPod("done", owned("Job", "batch")),
				vllmPod("ended", func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded })),
			[]string{"team-a/alone vllm:8000 [] [alone]", "team-a/x-1 vllm:8000 [] [x-1 !x-2]"}},
		{"the API's port among several",
			inventory(service("llm", selects("app", "vllm"), ports(servicePort("metrics", 9090, 9090), servicePort("grpc", 9000, 9000), servicePort("web", 8443, 8000))), vllmPod("v")),
			[]string{"team-a/llm vllm:8000 [llm:8443>8000] [v]"}},
		{"a port by name",
			inventory(service("llm", selects("app", "vllm"), ports(corev1.ServicePort{Name: "x", Port: 80, TargetPort: intstr.FromString("api")})), vllmPod("v", port("api", 8765))),
			[]string{"team-a/llm vllm:8765 [llm:80>8765] [v]"}},
		{"a guessed port gives way to the Service's",
			inventory(service("vllm", ports(servicePort("http", 80, 5050))), vllmPod("v")),
			[]string{"team-a/vllm vllm:5050 [vllm:80>5050] [v]"}},
		{"a port that was told does not, and a proxy stands before it",
			inventory(service("vllm", ports(servicePort("https", 443, 8443))),
				vllmPod("v", args("--port=8000"), beside(corev1.Container{Name: "oauth-proxy", Ports: []corev1.ContainerPort{{ContainerPort: 8443}}}))),
			[]string{"team-a/vllm vllm:8000 [vllm:443>8443] [v]"}},
		{"nor does a guess before a proxy's own port",
			inventory(service("vllm", ports(servicePort("https", 443, 8443))),
				vllmPod("v", beside(corev1.Container{Name: "auth", Ports: []corev1.ContainerPort{{ContainerPort: 8443}}}))),
			[]string{"team-a/vllm vllm:8000 [vllm:443>8443] [v]"}},
		{"a Service for metrics alone is none of it",
			inventory(service("scrape", selects("app", "vllm"), ports(servicePort("metrics", 8000, 9090))), vllmPod("v")),
			[]string{"team-a/v vllm:8000 [] [v]"}},
		{"two engines in one pod",
			inventory(service("both", selects("app", "vllm"), ports(servicePort("a", 1, 8000), servicePort("b", 2, 11434))),
				vllmPod("v", beside(corev1.Container{Name: "o", Image: "ollama/ollama"}))),
			[]string{"team-a/both vllm:8000 [both:1>8000] [v]", "team-a/both ollama:11434 [both:2>11434] [v]"}},
		{"a Service by its name, without pods",
			inventory(service("tgi", ports(servicePort("http", 80, 3000)))),
			[]string{"team-a/tgi tgi:3000 [tgi:80>3000] []"}},
		{"a Service by port 11434",
			inventory(service("llm", ports(servicePort("", 11434, 11434)))),
			[]string{"team-a/llm ollama:11434 [llm:11434>11434] []"}},
		{"a Service by its port's name",
			inventory(service("llm", ports(servicePort("metrics", 80, 80), servicePort("vllm", 9999, 9998)))),
			[]string{"team-a/llm vllm:9998 [llm:9999>9998] []"}},
		{"a Service by its label",
			inventory(service("llm", func(s *corev1.Service) { s.Labels = map[string]string{"app.kubernetes.io/part-of": "vllm"} })),
			[]string{"team-a/llm vllm:8000 [llm:80>8000] []"}},
		{"Services of common ports and of bystanders are not asked",
			inventory(service("web", ports(servicePort("http", 8000, 8000))), service("ollama-webui"), service("vllm-metrics"),
				service("vllm-db", ports(servicePort("", 5432, 5432))), service("vllm-x", ports(servicePort("", 6379, 6379))),
				service("vllm-ext", func(s *corev1.Service) { s.Spec.Type = corev1.ServiceTypeExternalName }),
				service("vllm-udp", ports(corev1.ServicePort{Port: 80, Protocol: corev1.ProtocolUDP}))),
			nil},
		{"a common port in front of a GPU is asked",
			inventory(service("web", ports(servicePort("http", 80, 8080))), pod("w", labelled("app", "web"), gpus("nvidia.com/gpu", "2"))),
			[]string{"team-a/web ?:8080 [web:80>8080] [w]"}},
		{"an uncommon one is not",
			inventory(service("web", ports(servicePort("http", 80, 8888))), pod("w", labelled("app", "web"), gpus("nvidia.com/gpu", "2"))),
			nil},
		{"a GPU behind a Service that says what it is",
			inventory(service("tgi", ports(servicePort("http", 80, 8080))), pod("w", labelled("app", "tgi"), gpus("nvidia.com/gpu", "2"))),
			[]string{"team-a/tgi tgi:8080 [tgi:80>8080] [w]"}},
		{"namespaces are kept apart",
			inventory(service("vllm"), service("vllm", elsewhereService), vllmPod("v"), vllmPod("v", elsewhere)),
			[]string{"team-a/vllm vllm:8000 [vllm:80>8000] [v]", "team-b/vllm vllm:8000 [vllm:80>8000] [v]"}},
		{"a pod that cannot be seen", inventory(service("vllm"), slice("vllm", map[string]int32{"http": 8000}, "vllm-0")),
			[]string{"team-a/vllm vllm:8000 [vllm:80>8000] [vllm-0]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, describe(recognise(newIndex(tt.inv), nil))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheSelectorKeepsByServiceOrPod(t *testing.T) {
	inv := inventory(
		service("vllm", func(s *corev1.Service) { s.Labels = map[string]string{"tier": "gold"} }), vllmPod("v"),
		service("tgi", ports(servicePort("http", 80, 80))), pod("t", image("x/text-generation-inference"), labelled("app", "tgi", "tier", "silver")),
		pod("o", image("ollama/ollama"), labelled("tier", "silver")),
	)
	for text, want := range map[string][]string{
		"tier=gold":   {"vllm"},
		"tier=silver": {"o", "tgi"},
		"tier":        {"o", "tgi", "vllm"},
		"tier=lead":   nil,
		"":            {"o", "tgi", "vllm"},
	} {
		selector, err := labels.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range recognise(newIndex(inv), selector) {
			got = append(got, c.name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestWhatCannotBeSeenIsNotTakenForNothing(t *testing.T) {
	inv := inventory(service("vllm"))
	_, c := one(t, inv)
	if c.blind || c.whyNoneReady() == "" {
		t.Error("a Service without pods is taken for one that cannot be seen")
	}
	inv.Skipped = []record.Skipped{{Source: "pods", Reason: "forbidden"}, {Source: "endpointslices.discovery.k8s.io", Reason: "forbidden"}}
	_, c = one(t, inv)
	if !c.blind || c.whyNoneReady() != "" {
		t.Error("a Service whose pods may not be listed is taken for one without")
	}
}
