package infra

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// imagePinned looks at the engine's own container: what a sidecar's image is
// called changes no measurement of the engine.
func imagePinned(_ *site, e *standing) []record.Check {
	var found []record.Check
	var digests []string
	for _, p := range e.pods {
		if d := digestOf(p, mainOf(p, e.Info.Image).Name); d != "" && !slices.Contains(digests, d) {
			digests = append(digests, d)
		}
	}
	if len(digests) > 1 {
		found = append(found, fail(e.name(), "kubectl rollout restart "+e.owner.ref(), "its replicas run %d different images: a mean over them is of no engine", len(digests))...)
	}
	image := e.main().Image
	if !pinned(image) {
		remedy := "# pin the image in the pod template: a version's tag, or the digest that runs now"
		if len(digests) == 1 {
			remedy = fmt.Sprintf("kubectl set image %s %s=%s", e.owner.ref(), e.main().Name, withDigest(image, digests[0]))
			if !e.owner.patchable() {
				remedy = e.patchMain(fmt.Sprintf(`"image":%q`, withDigest(image, digests[0])))
			}
		}
		found = append(found, warn(e.name(), remedy, "image %s is not pinned: a restart may bring another version, and the result cannot be repeated", image)...)
	}
	return orPass(found, e.name(), "image %s", image)
}

// pinned says that an image's reference names a version.
func pinned(image string) bool {
	if strings.Contains(image, "@sha256:") {
		return true
	}
	tag := ""
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		tag = image[i+1:]
	}
	return tag != "" && !slices.Contains([]string{"latest", "main", "master", "nightly", "dev", "edge"}, tag)
}

func withDigest(image, digest string) string {
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		image = image[:i]
	}
	return image + "@" + digest
}

// digestOf is the digest of the image that a container runs, "" until the node
// has said.
func digestOf(p *corev1.Pod, container string) string {
	for _, c := range p.Status.ContainerStatuses {
		if i := strings.LastIndex(c.ImageID, "sha256:"); c.Name == container && i >= 0 {
			return c.ImageID[i:]
		}
	}
	return ""
}

// probes looks for a liveness probe that may end a model load: without a
// startup probe it counts from its initial delay.
func probes(_ *site, e *standing) []record.Check {
	c := e.main()
	var found []record.Check
	if c.ReadinessProbe == nil {
		found = append(found, warn(e.name(), e.patchMain(`"readinessProbe":`+e.probeOf(5, 3)),
			"container %s has no readiness probe: requests come before its model is loaded", c.Name)...)
	}
	if l := c.LivenessProbe; l != nil && c.StartupProbe == nil {
		if grace := patience(l); grace < modelLoad {
			found = append(found, warn(e.name(), e.patchMain(`"startupProbe":`+e.probeOf(10, 180)),
				"container %s has a liveness probe and no startup probe: a model load of more than %d s is ended and begins anew", c.Name, grace)...)
		}
	}
	return orPass(found, e.name(), "container %s has a readiness probe, and no probe that ends a model load", c.Name)
}

// modelLoad is how long, in seconds, a model may take to load before one
// wonders: tens of GB from a network.
const modelLoad = 600

// patience is how long a liveness probe lets a container that does not answer
// live, in seconds. Kubernetes' defaults are a period of 10 s and 3 failures.
func patience(p *corev1.Probe) int {
	period, failures := p.PeriodSeconds, p.FailureThreshold
	if period == 0 {
		period = 10
	}
	if failures == 0 {
		failures = 3
	}
	return int(p.InitialDelaySeconds + period*failures)
}

// probeOf is a probe of the engine's health endpoint.
func (e *standing) probeOf(period, failures int) string {
	c := e.main()
	if p := c.ReadinessProbe; p != nil && p.HTTPGet != nil {
		return fmt.Sprintf(`{"httpGet":{"path":%q,"port":%s},"periodSeconds":%d,"failureThreshold":%d}`, p.HTTPGet.Path, portJSON(p.HTTPGet.Port.String()), period, failures)
	}
	path := "/health"
	if e.Kind == "ollama" {
		path = "/api/tags"
	}
	port := "8000"
	if len(c.Ports) > 0 {
		port = fmt.Sprint(c.Ports[0].ContainerPort)
	}
	return fmt.Sprintf(`{"httpGet":{"path":%q,"port":%s},"periodSeconds":%d,"failureThreshold":%d}`, path, port, period, failures)
}

func portJSON(port string) string {
	if strings.Trim(port, "0123456789") == "" {
		return port
	}
	return fmt.Sprintf("%q", port)
}

// sensible is what a small model's engine does with; larger ones need the size
// of their weights.
var sensible = map[corev1.ResourceName]string{corev1.ResourceCPU: "4", corev1.ResourceMemory: "16Gi"}

// requestsLimits asks for no CPU limit: one only throttles.
func requestsLimits(_ *site, e *standing) []record.Check {
	c := e.main()
	var missing, requests, limits []string
	has := func(list corev1.ResourceList, pod *corev1.ResourceRequirements, limits bool, name corev1.ResourceName) bool {
		if _, ok := list[name]; ok || pod == nil {
			return ok
		}
		whole := pod.Requests
		if limits {
			whole = pod.Limits
		}
		_, ok := whole[name]
		return ok
	}
	pod := e.pods[0].Spec.Resources
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		if !has(c.Resources.Requests, pod, false, name) && !has(c.Resources.Limits, pod, true, name) {
			missing = append(missing, "no request for "+string(name))
			requests = append(requests, fmt.Sprintf("%q:%q", name, sensible[name]))
		}
	}
	if !has(c.Resources.Limits, pod, true, corev1.ResourceMemory) {
		missing = append(missing, "no limit of memory")
		limits = append(limits, fmt.Sprintf(`"memory":%q`, sensible[corev1.ResourceMemory]))
	}
	if len(missing) == 0 {
		return pass(e.name(), "container %s requests CPU and memory, and its memory is limited", c.Name)
	}
	return warn(e.name(), e.patchMain(`"resources":{"requests":{`+strings.Join(requests, ",")+`},"limits":{`+strings.Join(limits, ",")+`}}`),
		"container %s has %s: what it gets depends on its neighbours, and it is among the first to be evicted", c.Name, strings.Join(missing, ", "))
}
