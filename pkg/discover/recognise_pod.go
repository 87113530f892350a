package discover

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// sidecars are containers that accompany what a pod is for.
var sidecars = []string{
	"istio-proxy", "linkerd-proxy", "envoy", "oauth-proxy", "oauth2-proxy", "kube-rbac-proxy", "queue-proxy",
	"vault-agent", "cloud-sql-proxy", "fluent-bit", "fluentd", "otel-collector", "otc-container", "modelmesh-runtime-adapter",
}

// seen recognises the engines in a pod. Init containers do not count: they
// have ended, or serve the others.
func (ix *index) seen(p *corev1.Pod) []sighting {
	if p == nil {
		return nil
	}
	if known, ok := ix.sightings[p]; ok {
		return known
	}
	found := sightingsOf(p)
	ix.sightings[p] = found
	return found
}

func sightingsOf(p *corev1.Pod) []sighting {
	var found []sighting
	for i := range p.Spec.Containers {
		c := &p.Spec.Containers[i]
		if slices.Contains(sidecars, c.Name) {
			continue
		}
		if s, ok := sight(c, containerClues(c)); ok {
			found = append(found, s)
		}
	}
	if len(found) > 0 {
		return found
	}
	main := mainContainer(p)
	if main == nil {
		return nil
	}
	if c, ok := labelClue(p.Labels, p.Annotations); ok {
		if s, ok := sight(main, []clue{c}); ok && portRank("", s.port) < never {
			return []sighting{s}
		}
		return nil
	}
	return suspected(p)
}

// containerClues is the evidence that a container itself holds.
func containerClues(c *corev1.Container) []clue {
	var clues []clue
	add := func(c clue, ok bool) {
		if ok {
			clues = append(clues, c)
		}
	}
	add(commandClue(commandWords(c)))
	add(imageClue(c.Image))
	add(environmentClue(c))
	if kind, ok := nameKind(c.Name); ok {
		add(clue{kind: kind, level: named, text: "container " + c.Name}, true)
	}
	for _, p := range c.Ports {
		if p.ContainerPort == ollamaPort {
			add(ollamaPortClue(), true)
			break
		}
	}
	return clues
}

func sight(c *corev1.Container, clues []clue) (sighting, bool) {
	s, usual, ok := weigh(clues)
	if !ok {
		return sighting{}, false
	}
	command := commandWords(c)
	s.container, s.https = c, speaksTLS(command)
	s.port, s.told = servingPort(s.kind, usual, c, command)
	return s, true
}

func mainContainer(p *corev1.Pod) *corev1.Container {
	for i := range p.Spec.Containers {
		if !slices.Contains(sidecars, p.Spec.Containers[i].Name) {
			return &p.Spec.Containers[i]
		}
	}
	return nil
}

// suspected takes containers with an accelerator for engines of an unknown
// kind. Their port is 0 where none that they declare is a usual one.
func suspected(p *corev1.Pod) []sighting {
	for i := range p.Spec.Containers {
		c := &p.Spec.Containers[i]
		resource, count := accelerator(c)
		if count == 0 || aside(imageName(c.Image)) {
			continue
		}
		s := sighting{level: hint, evidence: []string{"a pod with " + resource}, container: c, https: speaksTLS(commandWords(c))}
		for _, port := range c.Ports {
			if slices.Contains(suspectPorts, port.ContainerPort) && portRank(port.Name, port.ContainerPort) < never {
				s.port = port.ContainerPort
				break
			}
		}
		return []sighting{s}
	}
	return nil
}
