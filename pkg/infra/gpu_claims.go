package infra

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// gpuClaims looks at the devices that engines claim by Dynamic Resource
// Allocation (resource.k8s.io/v1): there an object tells which they are.
func gpuClaims(s *site, e *standing) []record.Check {
	if !e.claims() {
		return pass(e.name(), "it claims no devices")
	}
	var found []record.Check
	var devices []string
	for _, p := range e.pods {
		for _, name := range claimNames(p) {
			c := s.claim(p.Namespace, name)
			switch {
			case c == nil:
				found = append(found, fail(e.name(), fmt.Sprintf("kubectl describe pod %s -n %s", p.Name, p.Namespace), "the claim %q of pod %s is not there", name, p.Name)...)
			case c.Status.Allocation == nil:
				found = append(found, fail(e.name(), fmt.Sprintf("kubectl describe resourceclaim %s -n %s\nkubectl get resourceslices", c.Name, c.Namespace), "the claim %s of pod %s has no device allocated", c.Name, p.Name)...)
			default:
				devices = append(devices, devicesOf(c)...)
			}
		}
	}
	for _, other := range s.podded() {
		if other == e {
			continue
		}
		if both := s.shares(devices, other); both != "" {
			found = append(found, fail(e.name(), "# give each engine a ResourceClaimTemplate of its own\nkubectl edit "+e.owner.ref(), "it and %s have the same device, %s: they take turns on it", other.name(), both)...)
		}
	}
	return orPass(found, e.name(), "it has %s of its own: %s", plural(len(devices), "device", "devices"), strings.Join(devices, ", "))
}

// claimNames are the names of the ResourceClaims of a pod; one that was not
// made yet is called as in the pod.
func claimNames(p *corev1.Pod) []string {
	var all []string
	for _, c := range p.Spec.ResourceClaims {
		name := c.Name
		if c.ResourceClaimName != nil {
			name = *c.ResourceClaimName
		}
		for _, made := range p.Status.ResourceClaimStatuses {
			if made.Name == c.Name && made.ResourceClaimName != nil {
				name = *made.ResourceClaimName
			}
		}
		all = append(all, name)
	}
	return all
}

func (s *site) claim(namespace, name string) *resourcev1.ResourceClaim {
	for i := range s.survey.ResourceClaims {
		if c := &s.survey.ResourceClaims[i]; c.Namespace == namespace && c.Name == name {
			return c
		}
	}
	return nil
}

func devicesOf(c *resourcev1.ResourceClaim) []string {
	var all []string
	for _, r := range c.Status.Allocation.Devices.Results {
		all = append(all, r.Driver+"/"+r.Pool+"/"+r.Device)
	}
	return all
}

// shares is a device that another engine has been given as well.
func (s *site) shares(devices []string, other *standing) string {
	theirs := map[string]bool{}
	for _, p := range other.pods {
		for _, name := range claimNames(p) {
			if c := s.claim(p.Namespace, name); c != nil && c.Status.Allocation != nil {
				for _, d := range devicesOf(c) {
					theirs[d] = true
				}
			}
		}
	}
	for _, d := range devices {
		if theirs[d] {
			return d
		}
	}
	return ""
}
