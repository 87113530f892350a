package fleet

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

func TestPodsInACluster(t *testing.T) {
	spec := JobSpec{Namespace: "team", RunID: "r1"}
	labels := spec.ConfigMap(nil).Labels
	pod := func(name, index string, made int64) *corev1.Pod {
		p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "team", Labels: map[string]string{}, CreationTimestamp: metav1.NewTime(time.Unix(made, 0))}}
		for k, v := range labels {
			p.Labels[k] = v
		}
		if index != "" {
			p.Labels[batchv1.JobCompletionIndexAnnotation] = index
		}
		return p
	}
	event := func(name, about, reason string, at int64) *corev1.Event {
		return &corev1.Event{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "team"}, Type: corev1.EventTypeWarning, LastTimestamp: metav1.NewTime(time.Unix(at, 0)),
			Reason: reason, Message: "no", InvolvedObject: corev1.ObjectReference{Name: about},
		}
	}
	job := JobName("r1")
	core := fake.NewClientset(pod(job+"-0-b", "0", 9), pod(job+"-0-a", "0", 1), pod(job+"-1-c", "1", 5), pod(job+"-x", "", 2),
		event("a", job, "FailedCreate", 3), event("b", job+"-1-c", "Failed", 1), event("c", "another", "Failed", 2), event("d", job+"0", "Failed", 2))
	c := InCluster{(&kube.Cluster{Namespace: "team", Core: core}).Workers("team", job, RunSelector("r1"))}
	pods, err := c.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Of an index the oldest comes first: it is the one that the run began with.
	want := []Pod{{Name: job + "-0-a"}, {Name: job + "-1-c", Worker: 1}, {Name: job + "-0-b"}}
	if diff := cmp.Diff(want, pods); diff != "" {
		t.Errorf("pods (-want +got):\n%s", diff)
	}
	troubles, err := c.Troubles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := []Trouble{{Object: job + "-1-c", Reason: "Failed", Message: "no"}, {Object: job, Reason: "FailedCreate", Message: "no", Hopeless: true}}
	if diff := cmp.Diff(told, troubles); diff != "" {
		t.Errorf("troubles (-want +got):\n%s", diff)
	}
	if err := c.Order(t.Context(), job+"-1-c", []byte(`{"ping":1}`)); err != nil {
		t.Fatal(err)
	}
	ordered, err := core.CoreV1().Pods("team").Get(t.Context(), job+"-1-c", metav1.GetOptions{})
	if err != nil || ordered.Annotations[OrdersKey] != `{"ping":1}` {
		t.Errorf("%v, %v", ordered.Annotations, err)
	}
	log, err := c.Log(t.Context(), job+"-1-c")
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}
