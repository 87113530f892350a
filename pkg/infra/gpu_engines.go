package infra

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// gpuRequested fails where some engines have a GPU and this one has not.
func gpuRequested(s *site, e *standing) []record.Check {
	if a := e.accelerator(); a.count > 0 {
		return pass(e.name(), "%d %s", a.count, a.resource)
	}
	if e.claims() {
		return pass(e.name(), "it claims devices by Dynamic Resource Allocation")
	}
	remedy := e.patchMain(`"resources":{"limits":{"nvidia.com/gpu":"1"}}`)
	for _, other := range s.podded() {
		if a := other.accelerator(); a.count > 0 {
			remedy = e.patchMain(fmt.Sprintf(`"resources":{"limits":{%q:"%d"}}`, a.resource, a.count))
			return fail(e.name(), remedy, "it has no GPU, and %s has %d %s: they cannot be compared", other.name(), a.count, a.resource)
		}
	}
	return warn(e.name(), remedy, "it asks for no GPU: it runs on CPUs")
}

// fact is what the nodes of one engine say of their GPUs.
type fact struct {
	engine *standing
	values []string
}

// factsOf reads a label of the nodes of every engine that has a GPU; told are
// checks of those whose nodes do not say.
func (s *site) factsOf(names []string, read func(e *standing, value string) string) (facts []fact, told []record.Check) {
	for _, e := range s.engines {
		f := fact{engine: e}
		switch {
		case len(e.pods) == 0:
			told = append(told, withPods(nil)(s, e)...)
			continue
		case e.accelerator().count == 0 && !e.claims():
			told = append(told, skip(e.name(), "it asks for no GPU")...)
			continue
		}
		for _, node := range e.stood() {
			if n := s.nodes[node]; n != nil && label(n, names) != "" {
				if v := read(e, label(n, names)); !slices.Contains(f.values, v) {
					f.values = append(f.values, v)
				}
			}
		}
		if len(f.values) == 0 {
			told = append(told, skip(e.name(), "no label of its nodes tells (%s and the like)", names[0])...)
			continue
		}
		facts = append(facts, f)
	}
	return facts, told
}

// gpuProduct fails for different products: nothing else counts as much.
func gpuProduct(s *site) []record.Check {
	facts, told := s.factsOf(productLabels, func(e *standing, v string) string {
		v = strings.TrimSuffix(v, "-SHARED")
		if a := e.accelerator(); a.slice() && !strings.Contains(v, "MIG") {
			v += " MIG " + strings.TrimPrefix(string(a.resource), "nvidia.com/mig-")
		}
		return v
	})
	return append(s.sameGPU(facts, "GPU", "the difference of the hardware is larger than that of the engines", fail), told...)
}

// gpuMemory warns of the same product with more memory: more of it is more
// room for a KV cache, and so more requests at once.
func gpuMemory(s *site) []record.Check {
	facts, told := s.factsOf(memoryLabels, func(_ *standing, v string) string { return v })
	return append(s.sameGPU(facts, "GPU memory", "more memory keeps a larger KV cache, and so takes more requests at once", warn), told...)
}

func (s *site) sameGPU(facts []fact, what, effect string, say func(string, string, string, ...any) []record.Check) []record.Check {
	if len(facts) == 0 {
		return nil
	}
	var told, values []string
	var engines []*standing
	for _, f := range facts {
		engines = append(engines, f.engine)
		told = append(told, f.engine.name()+" "+strings.Join(f.values, " and "))
		for _, v := range f.values {
			if !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
	}
	if len(values) == 1 {
		return pass(names(engines...), "the %s of each is %s", what, values[0])
	}
	return say(names(engines...), s.sameNodes(facts), "%s differs (%s): %s", what, strings.Join(told, ", "), effect)
}

// sameNodes puts every engine on nodes with the product of the first.
func (s *site) sameNodes(facts []fact) string {
	n := s.nodes[facts[0].engine.stood()[0]]
	for _, name := range productLabels {
		if v := n.Labels[name]; v != "" {
			var commands []string
			for _, f := range facts {
				commands = append(commands, f.engine.patch(fmt.Sprintf(`{"nodeSelector":{%q:%q}}`, name, v)))
			}
			return strings.Join(commands, "\n")
		}
	}
	return "kubectl get nodes --show-labels\n# then give every engine the same nodeSelector"
}
