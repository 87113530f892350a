package discover

import (
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// onlyInside is why a Service's own name is no way in from elsewhere.
const onlyInside = "its name resolves only inside the cluster"

// clusterDNS lists the names of a candidate's Services. A headless one's name
// leads straight to the pods, and so to their own port.
func clusterDNS(_ *index, c *candidate, o Options) []*rung {
	var all []*rung
	for i := range c.fronts {
		f := &c.fronts[i]
		port := f.port.Port
		if f.Spec.ClusterIP == "None" && f.target != 0 {
			port = f.target
		}
		way := f.way(viaClusterDNS, c)
		way.url = baseURL(f.scheme(c), f.Name+"."+f.Namespace+".svc", port, "")
		if !o.InCluster {
			way.leave(onlyInside)
		}
		all = append(all, way)
	}
	return all
}

// selector is what a Service chooses the candidate's pods by, "" where none does.
func (c *candidate) selector() string {
	for _, f := range c.fronts {
		if len(f.Spec.Selector) > 0 {
			return labels.SelectorFromSet(f.Spec.Selector).String()
		}
	}
	return ""
}

// portForward is the tunnel to the engine's own port of all its ready pods.
func portForward(_ *index, c *candidate, o Options) []*rung {
	scheme, object := "http", "pod/"+c.name
	if c.https {
		scheme = "https"
	}
	host := c.name + "." + c.namespace + ".svc"
	port := c.port
	if len(c.fronts) > 0 {
		f := &c.fronts[0]
		object = "service/" + f.Name
		if f.target == c.port && f.secure() {
			scheme = "https"
		}
		if port == 0 {
			port = f.target
		}
	}
	way := &rung{via: viaPortForward, object: object, url: baseURL(scheme, host, port, "")}
	pods := readyNames(c.members)
	switch {
	case len(c.members) == 0 && c.blind:
		return []*rung{way.refuse("its pods cannot be seen")}
	case len(c.members) == 0 && c.others > 0:
		return []*rung{way.refuse("its endpoints are no pods")}
	case len(pods) == 0:
		return []*rung{way.refuse("no pod is ready")}
	case port == 0:
		return []*rung{way.refuse("the port of its pods cannot be told")}
	case o.OpenTunnel == nil:
		return []*rung{way.leave("no tunnel can be opened here")}
	}
	way.tunnel = &kube.TunnelSpec{Namespace: c.namespace, Pods: pods, Port: port, Selector: c.selector()}
	return []*rung{way}
}
