package discover

import (
	"fmt"
	"time"

	routev1 "github.com/openshift/api/route/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// A router's defaults (OpenShift's ROUTER_DEFAULT_SERVER_TIMEOUT and
// ROUTER_DEFAULT_TUNNEL_TIMEOUT).
const (
	routerTimeout       = 30 * time.Second
	routerTunnelTimeout = time.Hour
)

const (
	routeTimeoutKey = "haproxy.router.openshift.io/timeout"
	routeTunnelKey  = "haproxy.router.openshift.io/timeout-tunnel"
	routeBalanceKey = "haproxy.router.openshift.io/balance"
)

// routeKillers finds what on a Route breaks or bends a stream: the time its
// router waits between two bytes of an answer, whether it holds tokens back, and
// whether it sends all of one client's requests to one pod.
func routeKillers(r *routev1.Route, c *candidate, needed time.Duration) []record.Finding {
	var found []record.Finding
	passthrough := r.Spec.TLS != nil && r.Spec.TLS.Termination == routev1.TLSTerminationPassthrough
	name, limit, given := routeTimeoutKey, routerTimeout, false
	if passthrough {
		limit = routerTunnelTimeout
		if _, ok := r.Annotations[routeTunnelKey]; ok {
			name = routeTunnelKey
		}
	}
	if d, ok := parseTime(r.Annotations[name], time.Millisecond); ok {
		limit, given = d, true
	}
	if limit < needed {
		message := fmt.Sprintf("the router ends a request that sends nothing for %s, as a long queue or prompt does; a request of this run may take %s", limit, needed)
		if !given {
			message = "the Route has no timeout of its own, and " + message
		}
		found = append(found, record.Finding{
			ID: "route-timeout", Severity: record.SeverityWarn, Subject: c.subject(), Message: message,
			Remedy: fmt.Sprintf("oc annotate route %s -n %s --overwrite %s=%ds", r.Name, r.Namespace, name, wholeSeconds(needed)),
		})
	}
	if r.Spec.TLS == nil {
		found = append(found, record.Finding{
			ID: "route-delays", Severity: record.SeverityWarn, Subject: c.subject(),
			Message: "the Route has no TLS, and over plain HTTP the router (HAProxy without http-no-delay) may hold small pieces of an answer back for up to 0.2 s, so tokens come late and in bursts",
			Remedy:  fmt.Sprintf(`oc patch route %s -n %s --type=merge -p '{"spec":{"tls":{"termination":"edge"}}}'`, r.Name, r.Namespace),
		})
	}
	balance := r.Annotations[routeBalanceKey]
	if c.ready() > 1 && (balance == "source" || balance == "" && passthrough) {
		found = append(found, record.Finding{
			ID: "one-replica-only", Severity: record.SeverityWarn, Subject: c.subject(),
			Message: fmt.Sprintf("the router sends all requests from one address to one of the %d replicas", c.ready()),
			Remedy:  fmt.Sprintf("oc annotate route %s -n %s --overwrite %s=leastconn", r.Name, r.Namespace, routeBalanceKey),
		})
	}
	return found
}
