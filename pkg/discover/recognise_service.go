package discover

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// lead is an engine that a Service leads to, and by which of its ports.
type lead struct {
	engine sighting
	by     front
}

// leads decides which of a Service's ports lead to which engine: those of the
// pods behind it, or one that the Service itself looks like.
func leads(s *corev1.Service, b backend, inside []sighting) []lead {
	ports := servicePorts(s, b)
	if len(ports) == 0 {
		return nil
	}
	if len(inside) == 0 {
		return byItself(s, ports)
	}
	if inside[0].level == hint {
		if own := byItself(s, ports); len(own) > 0 {
			return own
		}
		return bySuspicion(ports, inside[0])
	}
	var found []lead
	for _, in := range inside {
		if i := slices.IndexFunc(ports, func(f front) bool { return f.target == in.port }); i >= 0 {
			found = append(found, lead{in, ports[i]})
		}
	}
	if len(found) > 0 {
		return found
	}
	if portRank(ports[0].port.Name, ports[0].port.Port) >= never {
		return nil
	}
	in := inside[0]
	// A port that no flag names was a guess, and the Service knows better,
	// unless the port is that of a proxy in the same pod.
	if target := ports[0].target; !in.told && target != 0 && !declaredElsewhere(b, in.container, target) {
		in.port = target
	}
	return []lead{{in, ports[0]}}
}

// servicePorts lists a Service's TCP ports, the likeliest first.
func servicePorts(s *corev1.Service, b backend) []front {
	var ports []front
	for _, p := range s.Spec.Ports {
		if p.Protocol == "" || p.Protocol == corev1.ProtocolTCP {
			ports = append(ports, front{Service: s, port: p, target: b.target(p)})
		}
	}
	for i := range ports {
		for _, f := range ports {
			if f.port == ports[i].port || f.target != 0 && f.target == ports[i].target {
				ports[i].twins = append(ports[i].twins, f.port)
			}
		}
	}
	slices.SortStableFunc(ports, func(a, b front) int { return rankPorts(a) - rankPorts(b) })
	return ports
}

// rankPorts ranks by the better of the Service's port and the pods'.
func rankPorts(f front) int {
	own := portRank(f.port.Name, f.port.Port)
	if own == never || f.target == 0 {
		return own
	}
	return min(own, portRank(f.port.Name, f.target))
}

// bySuspicion keeps a usual port of pods with an accelerator.
func bySuspicion(ports []front, in sighting) []lead {
	for _, f := range ports {
		if rankPorts(f) < never && slices.Contains(suspectPorts, f.target) && (in.port == 0 || in.port == f.target) {
			in.port = f.target
			return []lead{{in, f}}
		}
	}
	return nil
}

// byItself takes a Service for an engine by its own name, labels and ports.
func byItself(s *corev1.Service, ports []front) []lead {
	var clues []clue
	if kind, ok := nameKind(s.Name); ok {
		clues = append(clues, clue{kind: kind, level: named, text: "name " + s.Name})
	} else if aside(s.Name) {
		return nil
	}
	if c, ok := labelClue(s.Labels, s.Annotations); ok {
		clues = append(clues, c)
	}
	best := ports[0]
	for _, f := range ports {
		if kind, ok := nameKind(f.port.Name); ok {
			clues, best = append(clues, clue{kind: kind, level: named, text: "port " + f.port.Name}), f
		}
		if f.port.Port == ollamaPort || f.target == ollamaPort {
			clues, best = append(clues, ollamaPortClue()), f
		}
	}
	in, usual, ok := weigh(clues)
	if !ok {
		return nil
	}
	if i := slices.IndexFunc(ports, func(f front) bool { return f.target == usual }); i >= 0 {
		best = ports[i]
	}
	if rankPorts(best) >= never {
		return nil
	}
	in.port = best.target
	return []lead{{in, best}}
}

// declaredElsewhere says that another container of the pods declares a port.
func declaredElsewhere(b backend, own *corev1.Container, port int32) bool {
	for _, m := range b.members {
		if m.pod == nil {
			continue
		}
		for i := range m.pod.Spec.Containers {
			c := &m.pod.Spec.Containers[i]
			if own != nil && c.Name == own.Name {
				continue
			}
			if slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return p.ContainerPort == port }) {
				return true
			}
		}
		return false
	}
	return false
}
