package fleet

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// InCluster is the pods of a run in a cluster.
type InCluster struct{ *kube.Workers }

// List implements Pods.
func (c InCluster) List(ctx context.Context) ([]Pod, error) {
	pods, err := c.Pods(ctx)
	if err != nil {
		return nil, err
	}
	// The oldest of an index is the one that the run began with.
	slices.SortStableFunc(pods, func(a, b corev1.Pod) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	all := make([]Pod, 0, len(pods))
	for i := range pods {
		if p, ok := podOf(&pods[i], time.Now()); ok {
			all = append(all, p)
		}
	}
	return all, nil
}

// Troubles implements Pods.
func (c InCluster) Troubles(ctx context.Context) ([]Trouble, error) {
	events, err := c.Warnings(ctx)
	if err != nil {
		return nil, err
	}
	var all []Trouble
	for _, e := range events {
		if about := e.InvolvedObject.Name; about == c.Name || strings.HasPrefix(about, c.Name+"-") {
			all = append(all, Trouble{Object: about, Reason: oneLine(e.Reason), Message: oneLine(e.Message), Hopeless: about == c.Name && e.Reason == "FailedCreate"})
		}
	}
	return all, nil
}

// Order implements Pods.
func (c InCluster) Order(ctx context.Context, pod string, orders []byte) error {
	return c.Annotate(ctx, pod, OrdersKey, string(orders))
}

// Log implements Pods.
func (c InCluster) Log(ctx context.Context, pod string) (io.ReadCloser, error) {
	return c.Workers.Log(ctx, pod)
}

// lingering is how long a pod may take to go beyond its grace period before it
// counts as gone: its node does not answer.
const lingering = 10 * time.Second

// podOf reads a pod's state.
func podOf(p *corev1.Pod, now time.Time) (Pod, bool) {
	index, err := strconv.Atoi(cmp.Or(p.Labels[batchv1.JobCompletionIndexAnnotation], p.Annotations[batchv1.JobCompletionIndexAnnotation]))
	if err != nil {
		return Pod{}, false
	}
	out := Pod{Name: p.Name, Worker: index, Node: p.Spec.NodeName, Lead: leadOf(p.Annotations[OrdersKey])}
	if len(p.Status.ContainerStatuses) > 0 {
		out.container(p.Status.ContainerStatuses[0])
	}
	for _, c := range p.Status.Conditions {
		switch {
		case c.Type == corev1.DisruptionTarget && c.Status == corev1.ConditionTrue:
			out.Why = said(c.Reason, c.Message)
		case c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse && out.Why == "":
			out.Why = said(c.Reason, c.Message)
		}
	}
	if p.Status.Reason != "" {
		out.Why = said(p.Status.Reason, p.Status.Message)
	}
	if p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
		out.Ended = true
	}
	if d := p.DeletionTimestamp; d != nil {
		out.Why = cmp.Or(out.Why, "its pod was deleted")
		out.Ended = out.Ended || now.Sub(d.Time) > lingering
	}
	return out, true
}

// leadOf reads who wrote orders; those that cannot be read are nobody's.
func leadOf(orders string) Lead {
	var o Orders
	if json.Unmarshal([]byte(orders), &o) != nil {
		return Lead{}
	}
	return o.Lead
}

// container reads the state of a pod's container.
func (p *Pod) container(s corev1.ContainerStatus) {
	switch {
	case s.State.Running != nil:
		p.Begun = true
	case s.State.Terminated != nil:
		t := s.State.Terminated
		p.Begun, p.Ended = !t.StartedAt.IsZero(), true
		if t.ExitCode != 0 {
			p.Why = said(fmt.Sprintf("%s (exit code %d)", t.Reason, t.ExitCode), t.Message)
		}
	case s.State.Waiting != nil:
		w := s.State.Waiting
		if p.Hopeless = slices.Contains(hopelessReasons, w.Reason); p.Hopeless || w.Message != "" {
			p.Why = said(w.Reason, w.Message)
		}
	}
}

// hopelessReasons are why a container waits that waiting does not cure: the
// kubelet's own names. ErrImagePull is tried again, and is ImagePullBackOff after
// that.
var hopelessReasons = []string{"ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError", "RunContainerError"}

func said(reason, message string) string {
	return strings.TrimSuffix(oneLine(reason)+": "+oneLine(message), ": ")
}

// oneLine keeps what somebody wrote into the cluster from making lines of its own
// in an error, where lines stay lines.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
