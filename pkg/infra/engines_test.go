package infra

import (
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// crashed says that an engine's container was restarted some time ago.
func crashed(name string, times int32, ago time.Duration, reason string) func(*world) {
	return func(w *world) {
		s := &w.pod(name).Status.ContainerStatuses[0]
		s.RestartCount = times
		s.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 137, Reason: reason, FinishedAt: metav1.NewTime(now.Add(-ago))}
	}
}

func scaler(low, high int32) autoscalingv2.HorizontalPodAutoscaler {
	return autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: "scaler"}, Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
		ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{Kind: "Deployment", Name: "tgi"}, MinReplicas: &low, MaxReplicas: high,
	}}
}

func scaled(change func(*kube.ScaledObject)) func(*world) {
	return func(w *world) {
		o := kube.ScaledObject{ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: "keda"}}
		o.Spec.ScaleTargetRef.Name = "tgi"
		change(&o)
		w.ScaledObjects = []kube.ScaledObject{o}
	}
}

var health = corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/health", Port: intstr.FromString("http")}}

// noPods has engines whose pods nobody may see.
func noPods(w *world) {
	w.hide("pods")
	w.hide(kube.EveryPod)
	w.Inventory.Pods = nil
}

// unseenPods are the checks of three engines whose pods nobody may see.
var unseenPods = []string{
	"skip vllm: its pods could not be looked at: forbidden; asked for list pods",
	"skip tgi: its pods could not be looked at: forbidden; asked for list pods",
	"skip ollama: its pods could not be looked at: forbidden; asked for list pods",
}

func noEngines(w *world) { w.Engines = nil }

var engineRows = []row{
	{"engines-found", "three", nil, []string{"pass engines: 3 engines: vllm, tgi, ollama"}, ""},
	{"engines-found", "none", noEngines, []string{"warn engines: no engine was found: there is nothing to measure here"}, "kubectl llmbench discover-services -A"},
	{"engines-found", "nobody may look", func(w *world) { noEngines(w); noPods(w) }, []string{"skip engines: pods could not be looked at: forbidden; asked for list pods"}, ""},

	{"pods-ready", "no engine", noEngines, []string{"skip engines: no engine was found"}, ""},
	{"pods-ready", "nobody may look", noPods, unseenPods, ""},
	{"pods-ready", "no engine, and nobody may look", func(w *world) { noEngines(w); noPods(w) }, []string{"skip engines: no engine was found, and pods could not be looked at: forbidden; asked for list pods"}, ""},
	{"pods-ready", "gone", func(w *world) { w.engine("tgi").Pods = []string{"other"} }, []string{"skip tgi: it has no pods that can be seen"}, ""},
	{"pods-ready", "loading", func(w *world) { w.pod("tgi").Status.Conditions[0].Status = corev1.ConditionFalse },
		[]string{"fail tgi: pod tgi-0 is not ready: it runs, but its model may still be loading, or its readiness probe fails"}, "kubectl describe pod tgi-0 -n team-a\nkubectl logs tgi-0 -n team-a -c server"},
	{"pods-ready", "waiting", func(w *world) {
		w.pod("tgi").Status.Conditions = nil
		w.pod("tgi").Status.ContainerStatuses[0].State.Waiting = &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff"}
	}, []string{"fail tgi: pod tgi-0 is not ready: container server is in ImagePullBackOff"}, ""},
	{"pods-ready", "crashing", func(w *world) {
		w.pod("tgi").Status.Conditions = nil
		w.pod("tgi").Status.ContainerStatuses[0].State.Terminated = &corev1.ContainerStateTerminated{ExitCode: 3}
	}, []string{"fail tgi: pod tgi-0 is not ready: container server has ended with exit 3"}, ""},
	{"pods-ready", "no place", func(w *world) {
		w.pod("tgi").Status = corev1.PodStatus{Conditions: []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Message: "0/4 nodes are available"}}}
	}, []string{"fail tgi: pod tgi-0 is not ready: it cannot be scheduled: 0/4 nodes are available"}, ""},
	{"pods-ready", "leaving", func(w *world) { w.pod("tgi").DeletionTimestamp = &metav1.Time{Time: now} }, []string{"fail tgi: pod tgi-0 is not ready: it is being deleted"}, ""},

	{"restarts", "nobody may look", noPods, unseenPods, ""},
	{"restarts", "lately", crashed("vllm", 2, 10*time.Minute, "Error"), []string{"fail vllm: container server of pod vllm-0 was restarted 2 times, last 10m0s ago with exit 137: a restart in a run…"}, "kubectl logs vllm-0 -n team-a -c server --previous"},
	{"restarts", "long ago", crashed("vllm", 1, 50*time.Hour, "Error"), []string{"warn vllm: container server of pod vllm-0 was restarted 1 time, last 50h0m0s ago with exit 137"}, ""},
	{"restarts", "nobody knows when", func(w *world) { w.pod("vllm").Status.ContainerStatuses[0].RestartCount = 1 }, []string{"warn vllm: container server of pod vllm-0 was restarted 1 time"}, ""},

	{"oom-killed", "nobody may look", noPods, unseenPods, ""},
	{"oom-killed", "no", crashed("vllm", 1, time.Hour, "Error"), nil, ""},
	{"oom-killed", "yes", crashed("vllm", 1, time.Hour, "OOMKilled"), []string{"fail vllm: container server of pod vllm-0 was killed for want of memory (limit 32Gi)"},
		`kubectl patch deployment/vllm -n team-a -p '{"spec":{"template":{"spec":{"containers":[{"name":"server","resources":{"limits":{"memory":"64Gi"}}}]}}}}'`},
	{"oom-killed", "without a limit", func(w *world) {
		crashed("vllm", 1, time.Hour, "OOMKilled")(w)
		w.main("vllm").Resources.Limits = nil
	}, []string{"fail vllm: container server of pod vllm-0 was killed for want of memory (limit none: the node ran out)"}, "kubectl describe pod vllm-0"},

	{"image-pinned", "nobody may look", noPods, unseenPods, ""},
	{"image-pinned", "latest", func(w *world) { w.main("vllm").Image = "vllm/vllm-openai:latest" }, []string{"warn vllm: image vllm/vllm-openai:latest is not pinned…"},
		"kubectl set image deployment/vllm -n team-a server=vllm/vllm-openai@sha256:vllm"},
	{"image-pinned", "no tag, behind a port, run by nobody", func(w *world) {
		w.main("vllm").Image = "registry:5000/vllm"
		w.pod("vllm").OwnerReferences = nil
	}, []string{"warn vllm: image registry:5000/vllm is not pinned…"}, "# in the pod spec of pod/vllm-0 -n team-a\n"},
	{"image-pinned", "a digest", func(w *world) { w.main("vllm").Image = "vllm/vllm-openai@sha256:0" }, nil, ""},
	{"image-pinned", "replicas alike", func(w *world) { w.replica("vllm", "gpu-4") }, nil, ""},
	{"image-pinned", "a sidecar goes first", func(w *world) {
		p := w.pod("vllm")
		p.Spec.Containers = append([]corev1.Container{{Name: "proxy", Image: "proxy:latest"}}, p.Spec.Containers...)
	}, nil, ""},
	{"image-pinned", "replicas differ", func(w *world) { w.replica("vllm", "gpu-4").Status.ContainerStatuses[0].ImageID = "x@sha256:1" },
		[]string{"fail vllm: its replicas run 2 different images: a mean over them is of no engine"}, "kubectl rollout restart deployment/vllm -n team-a"},

	{"probes", "nobody may look", noPods, unseenPods, ""},
	{"probes", "none", func(w *world) { w.main("ollama").ReadinessProbe = nil }, []string{"warn ollama: container server has no readiness probe…"}, `"httpGet":{"path":"/api/tags","port":11434}`},
	{"probes", "an impatient liveness probe", func(w *world) {
		w.main("vllm").ReadinessProbe = &corev1.Probe{ProbeHandler: health}
		w.main("vllm").LivenessProbe = &corev1.Probe{InitialDelaySeconds: 60}
	}, []string{"warn vllm: container server has a liveness probe and no startup probe: a model load of more than 90 s is ended and begins anew"}, `"startupProbe":{"httpGet":{"path":"/health","port":"http"}`},
	{"probes", "a startup probe", func(w *world) {
		w.main("vllm").LivenessProbe, w.main("vllm").StartupProbe = &corev1.Probe{}, &corev1.Probe{}
	}, nil, ""},
	{"probes", "a patient one", func(w *world) { w.main("vllm").LivenessProbe = &corev1.Probe{PeriodSeconds: 60, FailureThreshold: 20} }, nil, ""},

	{"requests-limits", "nobody may look", noPods, unseenPods, ""},
	{"requests-limits", "none", func(w *world) { w.main("tgi").Resources = corev1.ResourceRequirements{} }, []string{"warn tgi: container server has no request for cpu, no request for memory, no limit of memory…"},
		`"resources":{"requests":{"cpu":"4","memory":"16Gi"},"limits":{"memory":"16Gi"}}`},
	{"requests-limits", "of the pod", func(w *world) {
		whole := w.main("tgi").Resources
		w.pod("tgi").Spec.Resources, w.main("tgi").Resources = &whole, corev1.ResourceRequirements{}
	}, nil, ""},

	{"replicas-wanted", "all", nil, []string{"pass vllm: 1 of 1 ready", "pass tgi: 1 of 1 ready", "pass ollama: 1 of 1 ready"}, ""},
	{"replicas-wanted", "too few", func(w *world) { *w.Deployments[0].Spec.Replicas = 3 }, []string{"fail vllm: 1 of 3 replicas are ready…"}, "kubectl rollout status deployment/vllm -n team-a"},
	{"replicas-wanted", "too many", func(w *world) { w.replica("vllm", "gpu-4") }, []string{"warn vllm: 2 pods are ready and 1 wanted…"}, ""},
	{"replicas-wanted", "nobody's", func(w *world) { w.pod("vllm").OwnerReferences = nil }, []string{"skip vllm: how many replicas it is to have is not known: its pods belong to Pod vllm-0"}, ""},
	{"replicas-wanted", "hidden", func(w *world) { w.hide("statefulsets") }, []string{"skip statefulsets: statefulsets could not…"}, ""},

	{"replicas-equal", "one engine", func(w *world) { w.Engines = w.Engines[:1] }, []string{"skip engines: there is one engine, and nothing to compare it with"}, ""},
	{"replicas-equal", "nobody may look", noPods, unseenPods, ""},
	{"replicas-equal", "no", func(w *world) { *w.Deployments[1].Spec.Replicas = 2 }, []string{"warn vllm, tgi, ollama: replicas differ (vllm 1, tgi 2, ollama 1)…"},
		"kubectl scale deployment/vllm -n team-a --replicas=2\nkubectl scale deployment/ollama -n team-a --replicas=2"},

	{"autoscaling", "hidden", func(w *world) { w.hide("scaledobjects") }, []string{"skip scaledobjects: scaledobjects could not…"}, ""},
	{"autoscaling", "an autoscaler", func(w *world) { w.Autoscalers = append(w.Autoscalers, scaler(1, 4)) }, []string{"warn tgi: HorizontalPodAutoscaler scaler scales it between 1 and 4 replicas…"},
		`kubectl patch hpa scaler -n team-a --type=merge -p '{"spec":{"minReplicas":1,"maxReplicas":1}}'`},
	{"autoscaling", "one with nothing to choose", func(w *world) { w.Autoscalers = append(w.Autoscalers, scaler(2, 2)) }, nil, ""},
	{"autoscaling", "KEDA", scaled(func(*kube.ScaledObject) {}), []string{"warn tgi: KEDA's ScaledObject keda scales it between 0 and 100 replicas…"}, "autoscaling.keda.sh/paused-replicas=1"},
	{"autoscaling", "KEDA, paused", scaled(func(o *kube.ScaledObject) { o.Annotations = map[string]string{"autoscaling.keda.sh/paused": "true"} }), nil, ""},
	{"autoscaling", "KEDA for another kind", scaled(func(o *kube.ScaledObject) { o.Spec.ScaleTargetRef.Kind = "StatefulSet" }), nil, ""},
	{"autoscaling", "Knative", func(w *world) { w.pod("tgi").Labels["serving.knative.dev/service"] = "tgi" }, []string{"warn tgi: Knative scales it with its load…"}, "kubectl patch ksvc tgi -n team-a"},

	{"disruption-budget", "hidden", func(w *world) { w.hide("poddisruptionbudgets") }, []string{"skip poddisruptionbudgets: poddisruptionbudgets could not…"}, ""},
	{"disruption-budget", "none", func(w *world) { w.Budgets = w.Budgets[:2] }, []string{"warn ollama: no PodDisruptionBudget…"}, "kubectl create pdb ollama -n team-a --selector=app=ollama --min-available=1"},
	{"disruption-budget", "one that allows all", func(w *world) { w.Budgets[0].Status.DisruptionsAllowed = 1 }, []string{"warn vllm: PodDisruptionBudget vllm lets every pod be evicted…"}, "kubectl patch pdb vllm"},

	{"priority", "hidden", func(w *world) { w.hide("priorityclasses") }, []string{"skip priorityclasses: priorityclasses could not…"}, ""},
	{"priority", "a class above", func(w *world) {
		w.PriorityClasses = append(w.PriorityClasses, schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: "batch"}, Value: 10})
		high := int32(10)
		for _, name := range []string{"vllm", "tgi"} {
			w.pod(name).Spec.Priority, w.pod(name).Spec.PriorityClassName = &high, "batch"
		}
	}, []string{"warn ollama: its priority is 0, and pods of batch (10) may push it out…", "warn ollama: its priority is 0 and that of vllm 10…", "warn ollama: its priority is 0 and that of tgi 10…"}, `"priorityClassName":"batch"`},
	{"priority", "one that pushes nobody", func(w *world) {
		never := corev1.PreemptNever
		w.PriorityClasses = append(w.PriorityClasses, schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: "batch"}, Value: 10, PreemptionPolicy: &never})
	}, nil, ""},
}

func init() { tables = append(tables, engineRows) }

func TestEngines(t *testing.T) { run(t, engineRows) }
