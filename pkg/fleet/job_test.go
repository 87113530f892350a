package fleet

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestJobsAsTheyWereRead(t *testing.T) {
	least := JobSpec{
		Namespace: "team-llm", RunID: "20261125t000000-abcdef", Image: "example.test/llmbench:1", Workers: 1,
		CPU: resource.MustParse("1"), Memory: resource.MustParse("512Mi"), Deadline: time.Hour, Keep: 2 * time.Hour,
	}
	full := least
	full.Workers, full.PullSecrets, full.NodeSelector = 3, []string{"pull"}, map[string]string{"pool": "load"}
	full.Tolerations = []corev1.Toleration{{Key: "load", Operator: corev1.TolerationOpExists}}
	full.Tokens = []TokenRef{{Env: "LLMBENCH_ENGINE_TOKEN_0", Secret: "engine", Key: "token"}}
	full.Apart = []Peer{{Namespace: "team-llm", Labels: map[string]string{"app": "vllm"}}, {Namespace: "other", Labels: map[string]string{"app": "tgi"}}}
	for name, s := range map[string]JobSpec{"least": least, "full": full} {
		text, err := yaml.Marshal(s.Job())
		if err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "testdata/job-"+name+".yaml", text)
	}
}

func TestNamesFitTheirPlaces(t *testing.T) {
	for _, id := range []string{"20261125t000000-abcdef", "UPPER_case.and/more", strings.Repeat("x", 80), "-"} {
		name := JobName(id)
		// A pod's name has the index and 5 characters more.
		if pod := name + "-999-abcde"; len(pod) > 63 || strings.ContainsAny(name, "_./") || name != strings.ToLower(name) {
			t.Errorf("%q makes %q", id, pod)
		}
	}
}

func TestPodsAreReadAsTheyStand(t *testing.T) {
	now := time.Unix(1000, 0)
	waiting := func(reason, message string) []corev1.ContainerStatus {
		return []corev1.ContainerStatus{{State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}}}
	}
	ended := func(reason string, code int32) []corev1.ContainerStatus {
		return []corev1.ContainerStatus{{State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: reason, ExitCode: code, StartedAt: metav1.NewTime(now)}}}}
	}
	running := []corev1.ContainerStatus{{State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}}
	gone := metav1.NewTime(now.Add(-time.Minute))
	for name, c := range map[string]struct {
		status  corev1.PodStatus
		deleted *metav1.Time
		want    Pod
	}{
		"new": {},
		"without a node": {status: corev1.PodStatus{Conditions: []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: "0/3 nodes"}}},
			want: Pod{Why: "Unschedulable: 0/3 nodes"}},
		"being made":       {status: corev1.PodStatus{ContainerStatuses: waiting("ContainerCreating", "")}},
		"pulled again":     {status: corev1.PodStatus{ContainerStatuses: waiting("ErrImagePull", "not found")}, want: Pod{Why: "ErrImagePull: not found"}},
		"without an image": {status: corev1.PodStatus{ContainerStatuses: waiting("ImagePullBackOff", "not found")}, want: Pod{Why: "ImagePullBackOff: not found", Hopeless: true}},
		"without a Secret": {status: corev1.PodStatus{ContainerStatuses: waiting("CreateContainerConfigError", `secret "x" not found`)}, want: Pod{Why: `CreateContainerConfigError: secret "x" not found`, Hopeless: true}},
		"running":          {status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: running}, want: Pod{Begun: true}},
		"done":             {status: corev1.PodStatus{Phase: corev1.PodSucceeded, ContainerStatuses: ended("Completed", 0)}, want: Pod{Begun: true, Ended: true}},
		"out of memory":    {status: corev1.PodStatus{Phase: corev1.PodFailed, ContainerStatuses: ended("OOMKilled", 137)}, want: Pod{Begun: true, Ended: true, Why: "OOMKilled (exit code 137)"}},
		"evicted":          {status: corev1.PodStatus{Phase: corev1.PodFailed, Reason: "Evicted", Message: "low on memory"}, want: Pod{Ended: true, Why: "Evicted: low on memory"}},
		"preempted": {status: corev1.PodStatus{Phase: corev1.PodFailed, Conditions: []corev1.PodCondition{{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: "PreemptionByScheduler", Message: "for another"}}},
			want: Pod{Ended: true, Why: "PreemptionByScheduler: for another"}},
		"being deleted":       {deleted: &metav1.Time{Time: now.Add(time.Second)}, status: corev1.PodStatus{ContainerStatuses: running}, want: Pod{Begun: true, Why: "its pod was deleted"}},
		"on a node that died": {deleted: &gone, status: corev1.PodStatus{ContainerStatuses: running}, want: Pod{Begun: true, Ended: true, Why: "its pod was deleted"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", DeletionTimestamp: c.deleted, Labels: map[string]string{batchv1.JobCompletionIndexAnnotation: "2"}}, Status: c.status}
			c.want.Name, c.want.Worker = "p", 2
			got, ok := podOf(&p, now)
			if diff := cmp.Diff(c.want, got); !ok || diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if _, ok := podOf(&corev1.Pod{}, now); ok {
		t.Error("a pod without an index is taken for a worker")
	}
}

func TestPlansReadBack(t *testing.T) {
	p := Plan{Run: record.Run{SchemaVersion: record.SchemaVersion, RunID: "r", StartedAt: time.Unix(9, 0).UTC()}, Workers: 2, Engines: []Engine{{Name: "vllm", URL: "http://vllm"}}, Files: map[string][]byte{"p.txt": []byte("hello")}}
	data, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodePlan(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
	noise := make([]byte, 1<<20)
	state := uint32(1)
	for i := range noise {
		state = state*1664525 + 1013904223
		noise[i] = byte(state >> 24)
	}
	p.Files["noise"] = noise
	if _, err := p.Encode(); err == nil || !strings.Contains(err.Error(), "a ConfigMap holds") {
		t.Errorf("a plan of 1 MiB: %v", err)
	}
	other := Plan{Run: record.Run{SchemaVersion: "0"}, Workers: 1}
	if data, err = other.Encode(); err != nil {
		t.Fatal(err)
	}
	if _, err := DecodePlan(data); err == nil || !strings.Contains(err.Error(), "--worker-image") {
		t.Errorf("a plan of another version: %v", err)
	}
	if _, err := DecodePlan([]byte("no plan")); err == nil {
		t.Error("anything is taken for a plan")
	}
}

func TestClocksAreBounded(t *testing.T) {
	base := time.Unix(1000, 0)
	const ahead = 1500 * time.Millisecond // of the worker
	c := newClock()
	if c.offset() != 0 {
		t.Errorf("nothing is known, and the offset is %v", c.offset())
	}
	for i := range 5 {
		at := base.Add(time.Duration(i) * time.Second)
		// A line takes 20 ms and less, an order 300 ms and less.
		c.heard(at.Add(ahead), at.Add(time.Duration(20-i)*time.Millisecond))
		c.pong(Pong{Caller: at, Seen: at.Add(ahead).Add(time.Duration(300-i) * time.Millisecond)})
	}
	if c.low != ahead-16*time.Millisecond || c.high != ahead+296*time.Millisecond || c.low > ahead || c.high < ahead || c.pongs != 5 {
		t.Errorf("between %v and %v", c.low, c.high)
	}
	if c.latency < 300*time.Millisecond || c.latency > 330*time.Millisecond {
		t.Errorf("orders took %v", c.latency)
	}
}
