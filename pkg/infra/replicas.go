package infra

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func replicasWanted(_ *site, e *standing) []record.Check {
	if e.owner.replicas < 0 {
		return skip(e.name(), "how many replicas it is to have is not known: its pods belong to %s %s", e.owner.kind, e.owner.name)
	}
	ready := e.ready()
	if ready == e.owner.replicas {
		return pass(e.name(), "%d of %d ready", ready, e.owner.replicas)
	}
	remedy := "kubectl rollout status " + e.owner.ref()
	if ready > e.owner.replicas {
		return warn(e.name(), remedy, "%d pods are ready and %d wanted: a roll-out or a scaling is under way", ready, e.owner.replicas)
	}
	return fail(e.name(), remedy, "%d of %d replicas are ready: a run would measure an engine that is not whole", ready, e.owner.replicas)
}

// ready counts the pods that take requests.
func (e *standing) ready() int {
	n := 0
	for _, p := range e.pods {
		if podTrouble(p) == "" {
			n++
		}
	}
	return n
}

func replicasEqual(s *site) []record.Check {
	seen := s.podded()
	if len(seen) < 2 {
		return s.pairs(nil)
	}
	counts := make([]string, 0, len(seen))
	equal, most := true, 0
	for _, e := range seen {
		counts = append(counts, fmt.Sprintf("%s %d", e.name(), e.replicas()))
		equal = equal && e.replicas() == seen[0].replicas()
		most = max(most, e.replicas())
	}
	if equal {
		return pass(names(seen...), "%s each", plural(most, "replica", "replicas"))
	}
	var remedy []string
	for _, e := range seen {
		if e.replicas() != most && e.owner.patchable() {
			remedy = append(remedy, fmt.Sprintf("kubectl scale %s --replicas=%d", e.owner.ref(), most))
		}
	}
	if remedy == nil {
		remedy = []string{fmt.Sprintf("# give each engine %d replicas", most)}
	}
	return warn(names(seen...), strings.Join(remedy, "\n"), "replicas differ (%s): throughput and queueing are of unlike numbers of machines", strings.Join(counts, ", "))
}

// autoscaling warns of what may change the number of replicas in a run.
func autoscaling(s *site, e *standing) []record.Check {
	found := append(autoscalers(s, e), scaledObjects(s, e)...)
	if p := e.pods[0]; p.Labels["serving.knative.dev/service"] != "" {
		low, high := p.Annotations["autoscaling.knative.dev/min-scale"], p.Annotations["autoscaling.knative.dev/max-scale"]
		if low == "" || low != high {
			found = append(found, warn(e.name(), fmt.Sprintf(`kubectl patch ksvc %s -n %s --type=merge -p '{"spec":{"template":{"metadata":{"annotations":{"autoscaling.knative.dev/min-scale":"1","autoscaling.knative.dev/max-scale":"1"}}}}}'`, p.Labels["serving.knative.dev/service"], e.Namespace),
				"Knative scales it with its load, to none when idle: a run would measure starts")...)
		}
	}
	return orPass(found, e.name(), "no HorizontalPodAutoscaler, ScaledObject or Knative Service changes its replicas")
}

func autoscalers(s *site, e *standing) (found []record.Check) {
	for i := range s.survey.Autoscalers {
		h := &s.survey.Autoscalers[i]
		target := h.Spec.ScaleTargetRef
		low := wanted(h.Spec.MinReplicas)
		if h.Namespace != e.Namespace || target.Kind != e.owner.kind || target.Name != e.owner.name || low == int(h.Spec.MaxReplicas) {
			continue
		}
		if ownedByScaledObject(h.Labels) {
			continue // told with its ScaledObject
		}
		now := max(e.ready(), low, 1)
		found = append(found, warn(e.name(), fmt.Sprintf(`kubectl patch hpa %s -n %s --type=merge -p '{"spec":{"minReplicas":%d,"maxReplicas":%d}}'`, h.Name, h.Namespace, now, now),
			"HorizontalPodAutoscaler %s scales it between %d and %d replicas: they would change in a run", h.Name, low, h.Spec.MaxReplicas)...)
	}
	return found
}

// ownedByScaledObject tells the autoscalers that KEDA makes by its label.
func ownedByScaledObject(labels map[string]string) bool {
	return labels["scaledobject.keda.sh/name"] != ""
}

// scaledObjects warns of KEDA, unless it is paused or has nothing to choose.
func scaledObjects(s *site, e *standing) (found []record.Check) {
	for i := range s.survey.ScaledObjects {
		o := &s.survey.ScaledObjects[i]
		target := o.Spec.ScaleTargetRef
		kinds := []string{target.Kind}
		if target.Kind == "" {
			kinds = []string{"Deployment"}
		}
		if o.Namespace != e.Namespace || target.Name != e.owner.name || !slices.Contains(kinds, e.owner.kind) {
			continue
		}
		low, high := 0, 100 // KEDA's defaults
		if o.Spec.MinReplicaCount != nil {
			low = int(*o.Spec.MinReplicaCount)
		}
		if o.Spec.MaxReplicaCount != nil {
			high = int(*o.Spec.MaxReplicaCount)
		}
		if low == high && o.Spec.IdleReplicaCount == nil || paused(o.Annotations) {
			continue
		}
		found = append(found, warn(e.name(), fmt.Sprintf("kubectl annotate scaledobject %s -n %s autoscaling.keda.sh/paused-replicas=%d", o.Name, o.Namespace, max(e.ready(), 1)),
			"KEDA's ScaledObject %s scales it between %d and %d replicas: they would change in a run", o.Name, low, high)...)
	}
	return found
}

func paused(annotations map[string]string) bool {
	return annotations["autoscaling.keda.sh/paused"] == "true" || annotations["autoscaling.keda.sh/paused-replicas"] != ""
}
