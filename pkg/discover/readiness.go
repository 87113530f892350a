package discover

import (
	"cmp"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// whyNoneReady says in a sentence why no endpoint of a candidate is ready, ""
// where one is or where nothing can be seen.
func (c *candidate) whyNoneReady() string {
	if c.ready() > 0 || c.blind {
		return ""
	}
	if len(c.members) == 0 {
		f := c.fronts[0]
		if len(f.Spec.Selector) == 0 {
			return "the Service has no endpoints and no selector"
		}
		return "the Service has no endpoints: its selector " + selectorText(f.Spec.Selector) + " matches no pod"
	}
	worst, grade := "", -1
	for _, m := range c.members {
		if text, g := podTrouble(m.pod); g > grade {
			worst, grade = m.name+" "+text, g
		}
	}
	text := "no ready pod: " + worst
	if more := len(c.members) - 1; more > 0 {
		text += fmt.Sprintf("; %d more %s not ready", more, plural(more, "is", "are"))
	}
	return text
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// podTrouble says why a pod is not ready, and how telling that is.
func podTrouble(p *corev1.Pod) (text string, grade int) {
	if p == nil {
		return "is not ready", 0
	}
	if p.DeletionTimestamp != nil {
		return "is being deleted", 1
	}
	for _, list := range [][]corev1.ContainerStatus{p.Status.InitContainerStatuses, p.Status.ContainerStatuses} {
		for _, s := range list {
			if text := containerTrouble(s); text != "" {
				return text, 4
			}
		}
	}
	for _, cond := range p.Status.Conditions {
		if cond.Type == corev1.PodScheduled && cond.Status == corev1.ConditionFalse {
			return "cannot be scheduled: " + strings.TrimSpace(cmp.Or(cond.Message, cond.Reason, "no reason is given")), 3
		}
	}
	if p.Status.Phase == corev1.PodRunning {
		return "runs but is not ready: its model may still be loading, or its readiness probe fails", 2
	}
	return "is " + cmp.Or(string(p.Status.Phase), "pending"), 1
}

// containerTrouble tells a container that waits for more than its start, or
// has ended.
func containerTrouble(s corev1.ContainerStatus) string {
	last := s.LastTerminationState.Terminated
	if w := s.State.Waiting; w != nil {
		switch w.Reason {
		case "", "ContainerCreating", "PodInitializing":
			return ""
		}
		text := "is in " + w.Reason
		if s.RestartCount == 0 && last == nil {
			return text
		}
		return text + " (" + restarted(s, last) + ")"
	}
	// Kubelets from Kubernetes 1.36 on report a container so while they wait to
	// start it again, and CrashLoopBackOff only when that takes long.
	if t := s.State.Terminated; t != nil && t.ExitCode != 0 {
		if s.RestartCount > 0 {
			return "keeps crashing (" + restarted(s, t) + ")"
		}
		return "has ended with " + exitText(t)
	}
	if last != nil && last.ExitCode != 0 && !s.Ready {
		return "was " + restarted(s, last)
	}
	return ""
}

func restarted(s corev1.ContainerStatus, last *corev1.ContainerStateTerminated) string {
	text := fmt.Sprintf("restarted %d %s", s.RestartCount, plural(int(s.RestartCount), "time", "times"))
	if last != nil {
		text += ", last " + exitText(last)
	}
	return text
}

// exitText is an exit code, with its reason where that says more.
func exitText(t *corev1.ContainerStateTerminated) string {
	text := fmt.Sprintf("exit %d", t.ExitCode)
	if t.Reason != "" && t.Reason != "Error" && t.Reason != "Completed" {
		text += " " + t.Reason
	}
	return text
}

// selectorText writes a selector as kubectl's -l takes it.
func selectorText(selector map[string]string) string {
	return labels.SelectorFromSet(selector).String()
}
