package infra

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

var onePod = *resource.NewQuantity(1, resource.DecimalSI)

// roomQuota adds one pod to what the quotas of the namespace count. Quotas with
// a scope count some pods alone and are told as not looked at.
func roomQuota(s *site, e *standing) []record.Check {
	var found []record.Check
	looked := 0
	for i := range s.survey.Quotas {
		q := &s.survey.Quotas[i]
		if q.Namespace != e.Namespace {
			continue
		}
		if len(q.Spec.Scopes) > 0 || q.Spec.ScopeSelector != nil {
			found = append(found, skip(e.name(), "quota %s counts only pods of a scope, which is not looked at", q.Name)...)
			continue
		}
		looked++
		if over := exceeds(q, quotaRequests(&e.pods[0].Spec)); len(over) > 0 {
			found = append(found, warn(e.name(), fmt.Sprintf("kubectl describe quota %s -n %s\nkubectl edit quota %s -n %s", q.Name, q.Namespace, q.Name, q.Namespace),
				"quota %s does not let a further pod in: %s", q.Name, strings.Join(over, ", "))...)
		}
	}
	if looked == 0 && len(found) == 0 {
		return pass(e.name(), "namespace %s has no quota", e.Namespace)
	}
	return orPass(found, e.name(), "a further pod fits %s", plural(looked, "quota", "quotas"))
}

// quotaRequests is what a pod counts for in a quota, by the quota's names.
func quotaRequests(p *corev1.PodSpec) corev1.ResourceList {
	counted := corev1.ResourceList{"pods": onePod, "count/pods": onePod}
	for name, q := range requestsOf(p) {
		counted["requests."+name] = q
		if name == corev1.ResourceCPU || name == corev1.ResourceMemory || name == corev1.ResourceEphemeralStorage {
			counted[name] = q
		}
	}
	for i := range p.Containers {
		for name, q := range p.Containers[i].Resources.Limits {
			add(counted, corev1.ResourceList{"limits." + name: q})
		}
	}
	return counted
}

func exceeds(q *corev1.ResourceQuota, more corev1.ResourceList) []string {
	var over []string
	for _, name := range slices.Sorted(maps.Keys(q.Status.Hard)) {
		hard, used := q.Status.Hard[name], q.Status.Used[name]
		extra, counted := more[name]
		if !counted || extra.Sign() <= 0 {
			continue
		}
		sum := used.DeepCopy()
		sum.Add(extra)
		if sum.Cmp(hard) > 0 {
			over = append(over, fmt.Sprintf("%s has %s of %s used, %s needed", name, used.String(), hard.String(), extra.String()))
		}
	}
	return over
}

// roomLimits compares a pod with the largest that the limit ranges let in; a
// pod that runs may have come before them.
func roomLimits(s *site, e *standing) []record.Check {
	var found []record.Check
	looked := 0
	spec := &e.pods[0].Spec
	for i := range s.survey.LimitRanges {
		r := &s.survey.LimitRanges[i]
		if r.Namespace != e.Namespace {
			continue
		}
		looked++
		for _, item := range r.Spec.Limits {
			var over []string
			switch item.Type {
			case corev1.LimitTypeContainer:
				for c := range spec.Containers {
					over = append(over, above(spec.Containers[c].Name, limitOf(&spec.Containers[c]), item.Max)...)
				}
			case corev1.LimitTypePod:
				whole := corev1.ResourceList{}
				for c := range spec.Containers {
					add(whole, limitOf(&spec.Containers[c]))
				}
				over = above("its pod", whole, item.Max)
			}
			if len(over) > 0 {
				found = append(found, warn(e.name(), fmt.Sprintf("kubectl edit limitrange %s -n %s", r.Name, r.Namespace), "limit range %s does not let a further pod in: %s", r.Name, strings.Join(over, ", "))...)
			}
		}
	}
	if looked == 0 {
		return pass(e.name(), "namespace %s has no limit range", e.Namespace)
	}
	return orPass(found, e.name(), "a further pod keeps %s", plural(looked, "limit range", "limit ranges"))
}

// limitOf is a container's limits, with its requests where it has none.
func limitOf(c *corev1.Container) corev1.ResourceList {
	own := corev1.ResourceList{}
	add(own, c.Resources.Limits)
	atLeast(own, c.Resources.Requests)
	return own
}

func above(who string, have, most corev1.ResourceList) []string {
	var over []string
	for _, name := range slices.Sorted(maps.Keys(most)) {
		limit := most[name]
		if q, ok := have[name]; ok && q.Cmp(limit) > 0 {
			over = append(over, fmt.Sprintf("%s has %s of %s, at most %s", who, q.String(), name, limit.String()))
		}
	}
	return over
}
