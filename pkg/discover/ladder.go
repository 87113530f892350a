package discover

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// The rungs of the ladder, as results name them.
const (
	viaRoute        = "route"
	viaHTTPRoute    = "httproute"
	viaIngress      = "ingress"
	viaLoadBalancer = "loadbalancer"
	viaNodePort     = "nodeport"
	viaClusterDNS   = "cluster-dns"
	viaPortForward  = "port-forward"
)

// Vias lists the rungs of the ladder, the best first.
func Vias() []string {
	return []string{viaRoute, viaHTTPRoute, viaIngress, viaLoadBalancer, viaNodePort, viaClusterDNS, viaPortForward}
}

// rung is one way to a candidate, and what came of asking there.
type rung struct {
	via, object, url string
	// fallback is the host:port to dial where the host's name does not resolve.
	fallback string
	tunnel   *kube.TunnelSpec
	// notes say what a reader should know of the way, whatever comes of it.
	notes    []string
	findings []record.Finding

	status record.CandidateStatus // "" until it is settled
	reason string
	answer answer
}

// answer is what came back over a way.
type answer struct {
	identity engine.Identity
	healthy  bool
	// health says what is wrong where it is not healthy.
	health string
	// wantsToken says that only a request for a token came back.
	wantsToken bool
	// foreign says that something answered, and that it is no engine.
	foreign bool
	address string // dialled in place of the name
	rtt     record.Float
}

// refuse marks a way that cannot work as its object stands.
func (r *rung) refuse(reason string) *rung {
	r.status, r.reason = record.CandidateRefused, reason
	return r
}

func (r *rung) leave(reason string) *rung {
	r.status, r.reason = record.CandidateUntried, reason
	return r
}

func (r *rung) note(text string) { r.notes = append(r.notes, text) }

// ladder lists the ways to a candidate, the best first.
func ladder(ix *index, c *candidate, o Options) []*rung {
	var all []*rung
	for _, list := range []func(*index, *candidate, Options) []*rung{
		routes, httpRoutes, ingresses, inferenceURLs, loadBalancers, nodePorts, clusterDNS, portForward,
	} {
		all = append(all, list(ix, c, o)...)
	}
	all = distinct(all)
	slices.SortStableFunc(all, func(a, b *rung) int {
		return cmp.Or(slices.Index(Vias(), a.via)-slices.Index(Vias(), b.via), refusedLast(a)-refusedLast(b), plainLast(a)-plainLast(b))
	})
	for _, r := range all {
		if !r.straight() {
			for i := range c.fronts {
				r.findings = append(r.findings, protocolKillers(&c.fronts[i], c)...)
			}
		}
		if o.Via != "" && r.via != o.Via {
			r.leave("ruled out by --via " + o.Via)
		}
	}
	if c.ready() == 0 && !c.blind {
		for _, r := range all {
			if r.status == "" {
				r.leave("no pod is ready")
			}
		}
	}
	return all
}

func refusedLast(r *rung) int {
	if r.status == "" {
		return 0
	}
	return 1
}

func plainLast(r *rung) int {
	if strings.HasPrefix(r.url, "https:") {
		return 0
	}
	return 1
}

// distinct drops ways to a URL that another object gave already.
func distinct(all []*rung) []*rung {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(r *rung) bool {
		id := r.url
		if r.tunnel != nil || r.status != "" || r.via == viaClusterDNS {
			return false
		}
		twice := seen[id]
		seen[id] = true
		return twice
	})
}

// baseURL makes a URL; the usual port of its scheme is left out, and port 0
// stands for it.
func baseURL(scheme, host string, port int32, path string) string {
	usual := map[string]int32{"http": 80, "https": 443}[scheme]
	u := url.URL{Scheme: scheme, Host: host, Path: strings.TrimRight(path, "/")}
	switch {
	case port != 0 && port != usual:
		u.Host = net.JoinHostPort(host, strconv.Itoa(int(port)))
	case strings.Contains(host, ":"):
		u.Host = "[" + host + "]"
	}
	return u.String()
}

// hostPort is an address to dial for a scheme; port 0 is its usual one.
func hostPort(host, scheme string, port int32) string {
	if host == "" {
		return ""
	}
	if port == 0 {
		port = map[string]int32{"http": 80, "https": 443}[scheme]
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// frontOf is the candidate's front by a Service, by one of its ports: by
// number, by name, or whichever where neither is given.
func (c *candidate) frontOf(service string, port intstr.IntOrString) *front {
	for i := range c.fronts {
		f := &c.fronts[i]
		if f.Name != service {
			continue
		}
		if port == (intstr.IntOrString{}) {
			return f
		}
		for _, p := range f.twins {
			if port.StrVal != "" && p.Name == port.StrVal || port.StrVal == "" && p.Port == port.IntVal {
				return f
			}
		}
	}
	return nil
}

// scheme is that of a Service's port, for ways that go straight to it.
func (f *front) scheme(c *candidate) string {
	if f.secure() || f.port.Port == 443 || c.https && f.target == c.port {
		return "https"
	}
	return "http"
}

// secure says that a Service's port calls itself HTTPS.
func (f *front) secure() bool {
	protocol := strings.ToLower(value(f.port.AppProtocol))
	if protocol != "" {
		return protocol == "https" || protocol == "kubernetes.io/wss"
	}
	return f.port.Name == "https" || strings.HasPrefix(f.port.Name, "https-")
}

// subject names a candidate in findings.
func (c *candidate) subject() string { return c.namespace + "/" + c.name }
