package kube

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"
)

func runLabels(run string) map[string]string { return map[string]string{"app": "w", "run": run} }

func workerPlan(name string) (*corev1.ConfigMap, *batchv1.Job) {
	meta := metav1.ObjectMeta{Name: name, Namespace: "team-a", Labels: runLabels(name)}
	return &corev1.ConfigMap{ObjectMeta: meta, BinaryData: map[string][]byte{"plan": []byte("p")}}, &batchv1.Job{ObjectMeta: meta}
}

func TestWorkersAreMadeAndRemovedTogether(t *testing.T) {
	c, f := newFakes(t, nil, nil, nil)
	ctx := t.Context()
	w := c.Workers("team-a", "r1", "run=r1")
	plan, job := workerPlan("r1")
	if err := w.Create(ctx, plan, job); err != nil {
		t.Fatal(err)
	}
	made, err := f.core.CoreV1().ConfigMaps("team-a").Get(ctx, "r1", metav1.GetOptions{})
	if err != nil || len(made.OwnerReferences) != 1 || made.OwnerReferences[0].Name != "r1" || made.OwnerReferences[0].Kind != "Job" {
		t.Errorf("the ConfigMap: %+v, %v", made.OwnerReferences, err)
	}
	if data, err := w.Plan(ctx, "plan"); err != nil || string(data) != "p" {
		t.Errorf("the plan: %q, %v", data, err)
	}
	if _, err := w.Plan(ctx, "other"); err == nil || !strings.Contains(err.Error(), "none of a run") {
		t.Errorf("a plan that is not there: %v", err)
	}
	for range 2 { // the second time nothing is there
		if err := w.Delete(ctx); err != nil {
			t.Error(err)
		}
	}
	if left, err := c.WorkerObjects(ctx, "team-a", "app=w"); err != nil || len(left) > 0 {
		t.Errorf("left: %+v, %v", left, err)
	}
}

func TestAJobThatIsRefusedLeavesNothing(t *testing.T) {
	c, f := newFakes(t, nil, nil, nil)
	f.core.PrependReactor("create", "jobs", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, errors.New("quota")
	})
	plan, job := workerPlan("r1")
	err := c.Workers("team-a", "r1", "run=r1").Create(t.Context(), plan, job)
	if err == nil || !strings.Contains(err.Error(), "create Job r1 in namespace team-a: quota") {
		t.Error(err)
	}
	if left, err := c.WorkerObjects(t.Context(), "", "app=w"); err != nil || len(left) > 0 {
		t.Errorf("left: %+v, %v", left, err)
	}
}

func TestObjectsOfRunsAreListedOnce(t *testing.T) {
	at := func(minutes int) metav1.Time {
		return metav1.NewTime(time.Unix(0, 0).Add(time.Duration(minutes) * time.Minute))
	}
	meta := func(name string, minutes int) metav1.ObjectMeta {
		return metav1.ObjectMeta{Name: name, Namespace: "team-a", Labels: runLabels(name), CreationTimestamp: at(minutes)}
	}
	c, _ := newFakes(t, []runtime.Object{
		&batchv1.Job{ObjectMeta: meta("newer", 9), Status: batchv1.JobStatus{Active: 2}}, &corev1.ConfigMap{ObjectMeta: meta("newer", 9)},
		&corev1.ConfigMap{ObjectMeta: meta("alone", 3)},
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "foreign", Namespace: "team-a"}},
	}, nil, nil)
	all, err := c.WorkerObjects(t.Context(), "team-a", "app=w")
	if err != nil || len(all) != 2 || all[0].Name != "alone" || all[0].Kind != "ConfigMap" || all[1].Kind != "Job" || all[1].Active != 2 {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestWarningsAreInTheOrderOfTime(t *testing.T) {
	event := func(name string, at time.Time) *corev1.Event {
		return &corev1.Event{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "team-a"}, Type: corev1.EventTypeWarning, LastTimestamp: metav1.NewTime(at)}
	}
	serial := event("b", time.Time{})
	serial.Series = &corev1.EventSeries{LastObservedTime: metav1.NewMicroTime(time.Unix(5, 0))}
	begun := event("a", time.Time{})
	begun.EventTime = metav1.NewMicroTime(time.Unix(1, 0))
	c, _ := newFakes(t, []runtime.Object{event("c", time.Unix(9, 0)), serial, begun}, nil, nil)
	all, err := c.Workers("team-a", "r", "run=r").Warnings(t.Context())
	names := ""
	for _, e := range all {
		names += e.Name
	}
	if err != nil || names != "abc" {
		t.Errorf("%s, %v", names, err)
	}
}

func TestAPodIsAnnotatedAndItsErrorsAreNamed(t *testing.T) {
	c, f := newFakes(t, []runtime.Object{&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "team-a", Labels: runLabels("r")}}}, nil, nil)
	w := c.Workers("team-a", "r", "run=r")
	if err := w.Annotate(t.Context(), "p", "llmbench.io/orders", `{"ping":1}`); err != nil {
		t.Fatal(err)
	}
	pods, err := w.Pods(t.Context())
	if err != nil || len(pods) != 1 || pods[0].Annotations["llmbench.io/orders"] != `{"ping":1}` {
		t.Errorf("%+v, %v", pods, err)
	}
	if log, err := w.Log(t.Context(), "p"); err != nil {
		t.Error(err)
	} else if err := log.Close(); err != nil {
		t.Error(err)
	}
	f.core.PrependReactor("*", "*", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, errors.New("boom") })
	ctx := context.Background()
	_, podsErr := w.Pods(ctx)
	_, eventsErr := w.Warnings(ctx)
	_, planErr := w.Plan(ctx, "plan")
	_, objectsErr := c.WorkerObjects(ctx, "team-a", "")
	for name, err := range map[string]error{"pods": podsErr, "events": eventsErr, "plan": planErr, "objects": objectsErr, "annotate": w.Annotate(ctx, "p", "k", "v"), "delete": w.Delete(ctx)} {
		if err == nil || !strings.Contains(err.Error(), "boom") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
