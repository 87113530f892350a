package discover

import (
	"net"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
)

// usualPorts are what engines are commonly served on, the likeliest first.
var usualPorts = []int32{8000, 8080, 80, 3000, ollamaPort, 443, 8443, 30000, 5000, 8888, 8081}

// suspectPorts are worth a question on a pod with an accelerator.
var suspectPorts = []int32{8000, 8080, 80, 3000}

// apiPorts are the names of ports that an API is served on.
var apiPorts = []string{"http", "api", "openai", "https", "http1", "web", "server", "rest", "vllm", "tgi", "ollama", "llm", "inference", "http-api", "user-port"}

// otherPorts belong to databases, brokers and collectors.
var otherPorts = []int32{22, 53, 2379, 3306, 4317, 4318, 5432, 5672, 6379, 6443, 9000, 9092, 9093, 9200, 11211, 27017, 50051}

// metricsPorts serve numbers for Prometheus.
var metricsPorts = []int32{2112, 8002, 9090, 9091, 9100, 9400, 15020, 15090}

// never ranks a port that no API is served on.
const never = 1000

// portRank says how likely a port serves an engine's API; less is likelier.
func portRank(name string, number int32) int {
	name = strings.ToLower(name)
	for _, w := range words(name) {
		switch w {
		case "metrics", "prom", "prometheus", "monitoring", "grpc", "admin", "debug", "probe", "ssh", "nccl", "ray", "gcs":
			return never
		}
	}
	usual := slices.Index(usualPorts, number)
	switch {
	case slices.Contains(apiPorts, name):
		return max(usual, 0)
	case slices.Contains(metricsPorts, number), slices.Contains(otherPorts, number):
		return never
	case usual >= 0:
		return 100 + usual
	}
	return 200
}

// servingPort is the port an engine in a container serves on: what it is
// told, else what the container declares, else what is usual.
func servingPort(k engine.Kind, usual int32, c *corev1.Container, command []string) (port int32, told bool) {
	flags := []string{"--port"}
	if k == engine.TGI {
		flags = append(flags, "-p")
	}
	if port := portNumber(flagValue(command, flags...), c); port != 0 {
		return port, true
	}
	if port := toldPort(k, c); port != 0 {
		return port, true
	}
	best, rank := usual, never
	for _, p := range c.Ports {
		if p.Protocol != "" && p.Protocol != corev1.ProtocolTCP {
			continue
		}
		r := portRank(p.Name, p.ContainerPort)
		if p.ContainerPort == usual && r < never {
			return usual, false
		}
		if r < rank {
			best, rank = p.ContainerPort, r
		}
	}
	return best, false
}

// toldPort is the port that an engine's settings name.
func toldPort(k engine.Kind, c *corev1.Container) int32 {
	switch k {
	case engine.Ollama:
		host := variable(c, "OLLAMA_HOST")
		if i := strings.Index(host, "://"); i >= 0 {
			host = host[i+3:]
		}
		if _, port, err := net.SplitHostPort(strings.TrimRight(host, "/")); err == nil {
			return portNumber(port, c)
		}
	case engine.TGI:
		return portNumber(variable(c, "PORT"), c)
	case engine.OpenAI:
		for _, name := range []string{"NIM_SERVER_PORT", "NIM_HTTP_API_PORT", "LLAMA_ARG_PORT"} {
			if port := portNumber(variable(c, name), c); port != 0 {
				return port
			}
		}
	case engine.VLLM: // VLLM_PORT is that of its workers, not of its API
	}
	return 0
}
