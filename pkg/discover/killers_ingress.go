package discover

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// readTimeout is how a controller bounds the time between two bytes of an
// answer.
type readTimeout struct {
	controller string
	// prefix begins the controller's annotations, class the names of its
	// classes; an Ingress with either is its own.
	prefix, class string
	key           string
	usual         time.Duration
	// bare is what a number without a suffix counts; suffix is what the
	// remedy's number needs.
	bare   unit
	suffix string
}

// readTimeouts are the controllers whose defaults are shorter than a long
// generation may be silent, from their annotations' documentation.
var readTimeouts = []readTimeout{
	{"ingress-nginx", "nginx.ingress.kubernetes.io/", "nginx", "nginx.ingress.kubernetes.io/proxy-read-timeout", time.Minute, time.Second, ""},
	{"NGINX Ingress Controller", "nginx.org/", "", "nginx.org/proxy-read-timeout", time.Minute, time.Second, "s"},
	{"HAProxy Ingress", "haproxy-ingress.github.io/", "", "haproxy-ingress.github.io/timeout-server", 50 * time.Second, time.Millisecond, "s"},
	{"HAProxy Kubernetes Ingress", "haproxy.org/", "haproxy", "haproxy.org/timeout-server", 50 * time.Second, time.Millisecond, "s"},
}

// ingressKillers finds what on an Ingress breaks or bends a stream.
func ingressKillers(in *networkingv1.Ingress, c *candidate, needed time.Duration) []record.Finding {
	found := ingressBuffering(in, c)
	found = append(found, ingressTimeout(in, c, needed)...)
	found = append(found, balancerTimeout(in, c, needed)...)
	for _, key := range []string{"nginx.ingress.kubernetes.io/backend-protocol", "alb.ingress.kubernetes.io/backend-protocol-version"} {
		switch v := strings.ToUpper(in.Annotations[key]); v {
		case "GRPC", "GRPCS", "HTTP2":
			found = append(found, record.Finding{
				ID: "http2-only", Severity: record.SeverityError, Subject: c.subject(),
				Message: fmt.Sprintf("the Ingress %s speaks %s to the engine, which answers in HTTP/1.1", in.Name, v),
				Remedy:  fmt.Sprintf("kubectl annotate ingress %s -n %s %s-", in.Name, in.Namespace, key),
			})
		}
	}
	return found
}

// belongs says whether a controller serves an Ingress, by what can be seen:
// its class, or annotations in the controller's words. One with another
// nginx's words is not ingress-nginx's for its class alone.
func (t readTimeout) belongs(in *networkingv1.Ingress) bool {
	if hasPrefixed(in.Annotations, t.prefix) {
		return true
	}
	if t.class == "nginx" && hasPrefixed(in.Annotations, "nginx.org/") {
		return false
	}
	return t.class != "" && strings.Contains(ingressClass(in), t.class)
}

func hasPrefixed(m map[string]string, prefix string) bool {
	for name := range m {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func ingressTimeout(in *networkingv1.Ingress, c *candidate, needed time.Duration) []record.Finding {
	for _, t := range readTimeouts {
		if !t.belongs(in) {
			continue
		}
		limit, whose := t.usual, t.controller+"'s default"
		if d, ok := parseTime(in.Annotations[t.key], t.bare); ok {
			limit, whose = d, "its annotation"
		}
		if limit >= needed {
			return nil
		}
		return []record.Finding{{
			ID: "ingress-read-timeout", Severity: record.SeverityWarn, Subject: c.subject(),
			Message: fmt.Sprintf("the Ingress %s ends a request that sends nothing for %s (%s), as a long queue or prompt does; a request of this run may take %s", in.Name, limit, whose, needed),
			Remedy:  annotate(in, t.key, strconv.FormatInt(wholeSeconds(needed), 10)+t.suffix),
		}}
	}
	return nil
}

// ingressBuffering finds proxies told to hold an answer back until it is
// whole, or that do so by default (NGINX Ingress Controller).
func ingressBuffering(in *networkingv1.Ingress, c *candidate) []record.Finding {
	var key, off string
	switch own, usual := in.Annotations["nginx.ingress.kubernetes.io/proxy-buffering"], in.Annotations["nginx.org/proxy-buffering"]; {
	case strings.EqualFold(own, "on"):
		key, off = "nginx.ingress.kubernetes.io/proxy-buffering", "off"
	case !strings.EqualFold(usual, "false") && hasPrefixed(in.Annotations, "nginx.org/"):
		key, off = "nginx.org/proxy-buffering", "False"
	case strings.Contains(in.Annotations["traefik.ingress.kubernetes.io/router.middlewares"], "buffer"):
		return []record.Finding{{
			ID: "ingress-buffering", Severity: record.SeverityError, Subject: c.subject(),
			Message: fmt.Sprintf("the Ingress %s has a middleware that seems to buffer answers: all tokens would come at once, and TTFT would be the time of the whole answer", in.Name),
			Remedy:  "take the buffering middleware out of traefik.ingress.kubernetes.io/router.middlewares",
		}}
	default:
		return nil
	}
	return []record.Finding{{
		ID: "ingress-buffering", Severity: record.SeverityError, Subject: c.subject(),
		Message: fmt.Sprintf("the Ingress %s buffers answers: tokens come in bursts, and TTFT may be the time of the whole answer", in.Name),
		Remedy:  annotate(in, key, off),
	}}
}

// balancerTimeout finds clouds' load balancers that end idle or long requests.
func balancerTimeout(in *networkingv1.Ingress, c *candidate, needed time.Duration) []record.Finding {
	finding := record.Finding{ID: "ingress-read-timeout", Severity: record.SeverityWarn, Subject: c.subject()}
	switch class := ingressClass(in); {
	case class == "alb" || hasPrefixed(in.Annotations, "alb.ingress.kubernetes.io/"):
		const key, idle = "alb.ingress.kubernetes.io/load-balancer-attributes", "idle_timeout.timeout_seconds"
		limit := time.Minute
		attributes := in.Annotations[key]
		for pair := range strings.SplitSeq(attributes, ",") {
			if v, ok := strings.CutPrefix(strings.TrimSpace(pair), idle+"="); ok {
				limit, _ = parseTime(v, time.Second)
			}
		}
		if limit >= needed {
			return nil
		}
		finding.Message = fmt.Sprintf("the load balancer of Ingress %s ends a request that sends nothing for %s; a request of this run may take %s", in.Name, limit, needed)
		finding.Remedy = annotate(in, key, withAttribute(attributes, idle, wholeSeconds(needed)))
	case class == "gce" || class == "gce-internal":
		finding.Severity = record.SeverityInfo
		finding.Message = fmt.Sprintf("Google's load balancer behind Ingress %s ends every request after 30 s unless a BackendConfig says otherwise; a request of this run may take %s", in.Name, needed)
		finding.Remedy = fmt.Sprintf("set spec.timeoutSec: %d in the BackendConfig of the Service", wholeSeconds(needed))
	default:
		return nil
	}
	return []record.Finding{finding}
}

// withAttribute sets one of a comma-separated list of attributes.
func withAttribute(list, name string, seconds int64) string {
	var kept []string
	for pair := range strings.SplitSeq(list, ",") {
		if pair = strings.TrimSpace(pair); pair != "" && !strings.HasPrefix(pair, name+"=") {
			kept = append(kept, pair)
		}
	}
	return strings.Join(append(kept, fmt.Sprintf("%s=%d", name, seconds)), ",")
}

func annotate(in *networkingv1.Ingress, key, value string) string {
	return fmt.Sprintf("kubectl annotate ingress %s -n %s --overwrite %s=%s", in.Name, in.Namespace, key, value)
}
