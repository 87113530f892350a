package discover

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// loadBalancers lists the addresses of a candidate's Services of that type.
func loadBalancers(_ *index, c *candidate, _ Options) []*rung {
	var all []*rung
	for i := range c.fronts {
		f := &c.fronts[i]
		if f.Spec.Type != corev1.ServiceTypeLoadBalancer {
			continue
		}
		scheme := f.scheme(c)
		for _, in := range f.Status.LoadBalancer.Ingress {
			if host := cmp.Or(in.IP, in.Hostname); host != "" {
				way := f.way(viaLoadBalancer, c)
				way.url = baseURL(scheme, host, f.port.Port, "")
				all = append(all, way)
			}
		}
		if len(f.Status.LoadBalancer.Ingress) == 0 {
			all = append(all, f.way(viaLoadBalancer, c).refuse("its load balancer has no address yet: EXTERNAL-IP is pending"))
		}
	}
	return all
}

// way begins a way through a Service, with what its settings do to streams.
func (f *front) way(via string, c *candidate) *rung {
	return &rung{via: via, object: "service/" + f.Name, findings: serviceKillers(f, c)}
}

// nodePorts lists the ports of nodes that lead to a candidate: by an external
// address, where a node has one, and by an internal one.
func nodePorts(ix *index, c *candidate, _ Options) []*rung {
	var all []*rung
	for i := range c.fronts {
		f := &c.fronts[i]
		if f.port.NodePort == 0 || f.Spec.Type != corev1.ServiceTypeNodePort && f.Spec.Type != corev1.ServiceTypeLoadBalancer {
			continue
		}
		all = append(all, nodeRungs(ix, f, c)...)
	}
	return all
}

func nodeRungs(ix *index, f *front, c *candidate) []*rung {
	nodes := nodesFor(ix, f, c)
	var all []*rung
	for _, kind := range []corev1.NodeAddressType{corev1.NodeExternalIP, corev1.NodeInternalIP} {
		for _, n := range nodes {
			if ip := nodeAddress(n, kind); ip != "" {
				way := f.way(viaNodePort, c)
				way.url = baseURL(f.scheme(c), ip, f.port.NodePort, "")
				way.note(string(kind) + " of node " + n.Name)
				all = append(all, way)
				break
			}
		}
	}
	if len(all) > 0 {
		return all
	}
	why := "no node that is ready has an address"
	switch {
	case len(ix.Nodes) == 0:
		why = "nodes cannot be seen, so no address is known"
	case f.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal:
		why = "its traffic policy is Local, and no ready node runs a ready pod of it"
	}
	return []*rung{f.way(viaNodePort, c).refuse(why)}
}

// nodesFor lists the ready nodes that take in a Service's requests, those that
// run a ready pod first, because from them it is one hop less.
func nodesFor(ix *index, f *front, c *candidate) []*corev1.Node {
	runs := map[string]bool{}
	for _, m := range c.members {
		if m.pod != nil && m.ready {
			runs[m.pod.Spec.NodeName] = true
		}
	}
	local := f.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal
	var near, far []*corev1.Node
	for i := range ix.Nodes {
		switch n := &ix.Nodes[i]; {
		case !nodeReady(n):
		case runs[n.Name]:
			near = append(near, n)
		case !local:
			far = append(far, n)
		}
	}
	return append(near, far...)
}

func nodeReady(n *corev1.Node) bool {
	return slices.ContainsFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}

func nodeAddress(n *corev1.Node, kind corev1.NodeAddressType) string {
	for _, a := range n.Status.Addresses {
		if a.Type == kind {
			return a.Address
		}
	}
	return ""
}
