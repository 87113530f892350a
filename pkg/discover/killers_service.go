package discover

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// serviceKillers finds what a Service does to all requests of one client.
func serviceKillers(f *front, c *candidate) []record.Finding {
	if f.Spec.SessionAffinity != corev1.ServiceAffinityClientIP || c.ready() < 2 {
		return nil
	}
	return []record.Finding{{
		ID: "one-replica-only", Severity: record.SeverityWarn, Subject: c.subject(),
		Message: fmt.Sprintf("the Service %s has session affinity: all requests from here go to one of the %d replicas", f.Name, c.ready()),
		Remedy:  fmt.Sprintf(`kubectl patch service %s -n %s -p '{"spec":{"sessionAffinity":"None"}}'`, f.Name, f.Namespace),
	}}
}

// protocolKillers finds a Service's port that makes proxies before it speak
// HTTP/2 alone, which engines do not.
func protocolKillers(f *front, c *candidate) []record.Finding {
	protocol := value(f.port.AppProtocol)
	if !slices.Contains([]string{"kubernetes.io/h2c", "h2c", "grpc", "http2"}, strings.ToLower(protocol)) {
		return nil
	}
	return []record.Finding{{
		ID: "http2-only", Severity: record.SeverityWarn, Subject: c.subject(),
		Message: fmt.Sprintf("port %d of the Service %s says appProtocol %s: what stands before it speaks HTTP/2 to the engine, which answers in HTTP/1.1", f.port.Port, f.Name, protocol),
		Remedy:  fmt.Sprintf(`kubectl patch service %s -n %s --type=json -p '[{"op":"remove","path":"/spec/ports/%d/appProtocol"}]'`, f.Name, f.Namespace, portIndex(f)),
	}}
}

func portIndex(f *front) int {
	return slices.IndexFunc(f.Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == f.port.Name && p.Port == f.port.Port })
}
