package infra

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func enginesFound(s *site) []record.Check {
	if len(s.engines) > 0 {
		return pass("engines", "%s: %s", plural(len(s.engines), "engine", "engines"), names(s.engines...))
	}
	if reason, hidden := s.unseen("pods"); hidden {
		return skip("engines", "pods could not be looked at: %s", reason)
	}
	remedy := "kubectl llmbench discover-services -A"
	return warn("engines", remedy, "no engine was found: there is nothing to measure here")
}

func podsReady(_ *site, e *standing) []record.Check {
	var found []record.Check
	for _, p := range e.pods {
		if trouble := podTrouble(p); trouble != "" {
			found = append(found, fail(e.name(), fmt.Sprintf("kubectl describe pod %s -n %s\nkubectl logs %s -n %s -c %s --tail=50", p.Name, p.Namespace, p.Name, p.Namespace, mainOf(p, e.Info.Image).Name),
				"pod %s is not ready: %s", p.Name, trouble)...)
		}
	}
	return orPass(found, e.name(), "%s ready", plural(len(e.pods), "pod is", "pods are"))
}

// podTrouble says why a pod is not ready, "" where it is.
func podTrouble(p *corev1.Pod) string {
	if p.DeletionTimestamp != nil {
		return "it is being deleted"
	}
	ready := condition(p, corev1.PodReady)
	if ready != nil && ready.Status == corev1.ConditionTrue {
		return ""
	}
	for _, c := range statuses(p) {
		if w := c.State.Waiting; w != nil && w.Reason != "" && w.Reason != "ContainerCreating" && w.Reason != "PodInitializing" {
			return "container " + c.Name + " is in " + w.Reason
		}
		if t := c.State.Terminated; t != nil && t.ExitCode != 0 {
			return fmt.Sprintf("container %s has ended with exit %d", c.Name, t.ExitCode)
		}
	}
	if c := condition(p, corev1.PodScheduled); c != nil && c.Status == corev1.ConditionFalse {
		return "it cannot be scheduled: " + strings.TrimSpace(cmp.Or(c.Message, c.Reason, "no reason is given"))
	}
	if p.Status.Phase == corev1.PodRunning {
		return "it runs, but its model may still be loading, or its readiness probe fails"
	}
	return "it is " + cmp.Or(string(p.Status.Phase), "Pending")
}

func condition(p *corev1.Pod, kind corev1.PodConditionType) *corev1.PodCondition {
	for i := range p.Status.Conditions {
		if p.Status.Conditions[i].Type == kind {
			return &p.Status.Conditions[i]
		}
	}
	return nil
}

// statuses are those of a pod's init containers and containers.
func statuses(p *corev1.Pod) []corev1.ContainerStatus {
	return append(append([]corev1.ContainerStatus{}, p.Status.InitContainerStatuses...), p.Status.ContainerStatuses...)
}

// recently is how long ago a restart is likely to come again in a run.
const recently = time.Hour

// restarts fails for a recent one: a run would meet the next.
func restarts(s *site, e *standing) []record.Check {
	var found []record.Check
	for _, p := range e.pods {
		for _, c := range statuses(p) {
			if c.RestartCount == 0 {
				continue
			}
			text := fmt.Sprintf("container %s of pod %s was restarted %s", c.Name, p.Name, plural(int(c.RestartCount), "time", "times"))
			remedy := fmt.Sprintf("kubectl logs %s -n %s -c %s --previous", p.Name, p.Namespace, c.Name)
			last := c.LastTerminationState.Terminated
			if last == nil || last.FinishedAt.IsZero() {
				found = append(found, warn(e.name(), remedy, "%s", text)...)
				continue
			}
			ago := max(s.Now.Sub(last.FinishedAt.Time), 0)
			text += fmt.Sprintf(", last %s ago with exit %d", ago.Round(time.Second), last.ExitCode)
			if ago < recently {
				found = append(found, fail(e.name(), remedy, "%s: a restart in a run costs the requests that were under way and a model load", text)...)
			} else {
				found = append(found, warn(e.name(), remedy, "%s", text)...)
			}
		}
	}
	return orPass(found, e.name(), "no container was restarted")
}

func oomKilled(_ *site, e *standing) []record.Check {
	var found []record.Check
	for _, p := range e.pods {
		for _, c := range statuses(p) {
			for _, ended := range []*corev1.ContainerStateTerminated{c.State.Terminated, c.LastTerminationState.Terminated} {
				if ended == nil || ended.Reason != "OOMKilled" {
					continue
				}
				found = append(found, fail(e.name(), e.moreMemory(p, c.Name), "container %s of pod %s was killed for want of memory (limit %s)", c.Name, p.Name, memoryLimit(p, c.Name))...)
				break
			}
		}
	}
	return orPass(found, e.name(), "no container was killed for want of memory")
}

// moreMemory doubles a container's limit.
func (e *standing) moreMemory(p *corev1.Pod, name string) string {
	for i := range p.Spec.Containers {
		if c := &p.Spec.Containers[i]; c.Name == name {
			limit, ok := c.Resources.Limits[corev1.ResourceMemory]
			if !ok {
				break
			}
			limit.Add(limit)
			return e.patch(fmt.Sprintf(`{"containers":[{"name":%q,"resources":{"limits":{"memory":%q}}}]}`, name, limit.String()))
		}
	}
	return fmt.Sprintf("kubectl describe pod %s -n %s", p.Name, p.Namespace)
}

func memoryLimit(p *corev1.Pod, name string) string {
	for _, list := range [][]corev1.Container{p.Spec.InitContainers, p.Spec.Containers} {
		for i := range list {
			if q, ok := list[i].Resources.Limits[corev1.ResourceMemory]; ok && list[i].Name == name {
				return q.String()
			}
		}
	}
	return "none: the node ran out"
}
