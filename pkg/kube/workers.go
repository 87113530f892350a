package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
)

// Workers are the objects of one run from inside the cluster: a Job, a ConfigMap
// of the same name that holds its plan, and the Job's pods, all of which bear the
// labels of Selector.
type Workers struct {
	cluster *Cluster
	// Namespace is where they are, Name that of the Job and of the ConfigMap.
	Namespace, Name string
	// Selector is that of the run's label.
	Selector string
}

// Workers gives access to a run's objects; it asks nothing.
func (c *Cluster) Workers(namespace, name, selector string) *Workers {
	return &Workers{cluster: c, Namespace: namespace, Name: name, Selector: selector}
}

// WorkerPermissions returns what a run from inside the cluster asks for.
func WorkerPermissions() []Permission {
	const begin, follow, clean = "starting workers", "following workers", "removing workers"
	return []Permission{
		{Group: "batch", Resource: "jobs", Verb: "create", Why: begin},
		{Resource: "configmaps", Verb: "create", Why: begin},
		{Resource: "configmaps", Verb: "patch", Why: clean},
		{Resource: "pods", Verb: "list", Why: follow},
		{Resource: "pods", Verb: "patch", Why: follow},
		{Resource: "pods", Subresource: "log", Verb: "get", Why: follow},
		{Resource: "events", Verb: "list", Optional: true, Why: "saying why workers do not start"},
		{Group: "batch", Resource: "jobs", Verb: "list", Why: clean},
		{Resource: "configmaps", Verb: "list", Why: clean},
		{Resource: "configmaps", Verb: "get", Why: "taking a run up again"},
		{Group: "batch", Resource: "jobs", Verb: "delete", Why: clean},
		{Resource: "configmaps", Verb: "delete", Why: clean},
	}
}

// Create makes the ConfigMap and then the Job, and lets the ConfigMap go with the
// Job. Where the Job cannot be made the ConfigMap is taken back.
func (w *Workers) Create(ctx context.Context, plan *corev1.ConfigMap, job *batchv1.Job) error {
	core := w.cluster.Core
	if _, err := core.CoreV1().ConfigMaps(w.Namespace).Create(ctx, plan, metav1.CreateOptions{}); err != nil {
		return w.failed(ctx, "create ConfigMap", err)
	}
	made, err := core.BatchV1().Jobs(w.Namespace).Create(ctx, job, metav1.CreateOptions{})
	if err != nil {
		return errors.Join(w.failed(ctx, "create Job", err), w.Delete(context.WithoutCancel(ctx)))
	}
	owner := metav1.OwnerReference{APIVersion: "batch/v1", Kind: "Job", Name: made.Name, UID: made.UID}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"ownerReferences": []metav1.OwnerReference{owner}}})
	if err != nil {
		return err
	}
	_, err = core.CoreV1().ConfigMaps(w.Namespace).Patch(ctx, plan.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return errors.Join(w.failed(ctx, "patch ConfigMap", err), w.Delete(context.WithoutCancel(ctx)))
	}
	return nil
}

func (w *Workers) failed(ctx context.Context, what string, err error) error {
	return w.cluster.check(ctx, fmt.Errorf("%s %s in namespace %s: %w", what, w.Name, w.Namespace, err))
}

// Plan returns a key of the run's ConfigMap.
func (w *Workers) Plan(ctx context.Context, key string) ([]byte, error) {
	m, err := w.cluster.Core.CoreV1().ConfigMaps(w.Namespace).Get(ctx, w.Name, metav1.GetOptions{})
	if err != nil {
		return nil, w.failed(ctx, "get ConfigMap", err)
	}
	data, ok := m.BinaryData[key]
	if !ok {
		return nil, fmt.Errorf("ConfigMap %s in namespace %s has no %s: it is none of a run", w.Name, w.Namespace, key)
	}
	return data, nil
}

// Delete removes the Job, its pods and the ConfigMap. What is gone already is no
// error.
func (w *Workers) Delete(ctx context.Context) error {
	background := metav1.DeletePropagationBackground
	opts := metav1.DeleteOptions{PropagationPolicy: &background}
	var faults []error
	if err := w.cluster.Core.BatchV1().Jobs(w.Namespace).Delete(ctx, w.Name, opts); err != nil && !apierrors.IsNotFound(err) {
		faults = append(faults, w.failed(ctx, "delete Job", err))
	}
	if err := w.cluster.Core.CoreV1().ConfigMaps(w.Namespace).Delete(ctx, w.Name, opts); err != nil && !apierrors.IsNotFound(err) {
		faults = append(faults, w.failed(ctx, "delete ConfigMap", err))
	}
	return errors.Join(faults...)
}

// Pods lists the run's pods from the API server's cache.
func (w *Workers) Pods(ctx context.Context) ([]corev1.Pod, error) {
	list, err := w.cluster.Core.CoreV1().Pods(w.Namespace).List(ctx, metav1.ListOptions{LabelSelector: w.Selector, ResourceVersion: "0"})
	if err != nil {
		return nil, w.failed(ctx, "list pods of", err)
	}
	return list.Items, nil
}

// Warnings lists the events of type Warning about the Job and about pods of the
// namespace, the oldest first.
func (w *Workers) Warnings(ctx context.Context) ([]corev1.Event, error) {
	warnings := fields.OneTermEqualSelector("type", corev1.EventTypeWarning).String()
	list, err := w.cluster.Core.CoreV1().Events(w.Namespace).List(ctx, metav1.ListOptions{FieldSelector: warnings, Limit: 500})
	if err != nil {
		return nil, w.failed(ctx, "list events about", err)
	}
	slices.SortStableFunc(list.Items, func(a, b corev1.Event) int { return lastSeen(a).Compare(lastSeen(b)) })
	return list.Items, nil
}

func lastSeen(e corev1.Event) time.Time {
	switch {
	case e.Series != nil:
		return e.Series.LastObservedTime.Time
	case !e.LastTimestamp.IsZero():
		return e.LastTimestamp.Time
	}
	return e.EventTime.Time
}

// Annotate sets an annotation of a pod.
func (w *Workers) Annotate(ctx context.Context, pod, key, value string) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]string{key: value}}})
	if err != nil {
		return err
	}
	_, err = w.cluster.Core.CoreV1().Pods(w.Namespace).Patch(ctx, pod, types.MergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return w.failed(ctx, "annotate pod "+pod+" of", err)
	}
	return nil
}

// Log opens the log of a pod's only container from its begin, and follows it.
func (w *Workers) Log(ctx context.Context, pod string) (io.ReadCloser, error) {
	log, err := w.cluster.Core.CoreV1().Pods(w.Namespace).GetLogs(pod, &corev1.PodLogOptions{Follow: true}).Stream(ctx)
	if err != nil {
		return nil, w.failed(ctx, "read the log of pod "+pod+" of", err)
	}
	return log, nil
}

// WorkerObject is a Job, or a ConfigMap that is left without one.
type WorkerObject struct {
	// Kind is Job or ConfigMap.
	Kind            string
	Namespace, Name string
	Labels          map[string]string
	Created         time.Time
	// Active is how many pods still run.
	Active int
}

// WorkerObjects lists the objects of runs in a namespace, "" for all, by their
// labels, the oldest first. A ConfigMap whose Job is there is not named.
func (c *Cluster) WorkerObjects(ctx context.Context, namespace, selector string) ([]WorkerObject, error) {
	opts := metav1.ListOptions{LabelSelector: selector}
	jobs, err := c.Core.BatchV1().Jobs(namespace).List(ctx, opts)
	if err != nil {
		return nil, c.check(ctx, fmt.Errorf("list Jobs: %w", err))
	}
	var all []WorkerObject
	seen := map[types.NamespacedName]bool{}
	for _, j := range jobs.Items {
		seen[types.NamespacedName{Namespace: j.Namespace, Name: j.Name}] = true
		all = append(all, WorkerObject{"Job", j.Namespace, j.Name, j.Labels, j.CreationTimestamp.Time, int(j.Status.Active)})
	}
	maps, err := c.Core.CoreV1().ConfigMaps(namespace).List(ctx, opts)
	if err != nil {
		return nil, c.check(ctx, fmt.Errorf("list ConfigMaps: %w", err))
	}
	for _, m := range maps.Items {
		if !seen[types.NamespacedName{Namespace: m.Namespace, Name: m.Name}] {
			all = append(all, WorkerObject{"ConfigMap", m.Namespace, m.Name, m.Labels, m.CreationTimestamp.Time, 0})
		}
	}
	slices.SortFunc(all, func(a, b WorkerObject) int { return a.Created.Compare(b.Created) })
	return all, nil
}
