package fleet

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The labels of everything that a run creates.
const (
	labelName      = "app.kubernetes.io/name"
	labelManagedBy = "app.kubernetes.io/managed-by"
	// LabelRun holds the run's ID.
	LabelRun = "llmbench.io/run"
)

// AppName is the value of app.kubernetes.io/name on workers, and Selector finds
// the objects of every run.
const (
	AppName   = "llmbench-worker"
	managedBy = "kubectl-llmbench"
	Selector  = labelName + "=" + AppName + "," + labelManagedBy + "=" + managedBy
)

// OrdersKey is the annotation that holds a worker's orders. PlanKey is the plan's
// key in the ConfigMap.
const (
	OrdersKey = "llmbench.io/orders"
	PlanKey   = "plan.json.gz"
)

// Where a worker finds them.
const (
	planFolder   = "/etc/llmbench/plan"
	ordersFolder = "/etc/llmbench/pod"
	// PlanFile and OrdersFile are the files.
	PlanFile   = planFolder + "/" + PlanKey
	OrdersFile = ordersFolder + "/orders"
)

// WorkerLabels are the labels of every worker's pod but for the run's own.
func WorkerLabels() map[string]string {
	return map[string]string{labelName: AppName, labelManagedBy: managedBy}
}

// RunSelector finds the objects of one run.
func RunSelector(runID string) string { return Selector + "," + LabelRun + "=" + LabelValue(runID) }

// JobName is the name of a run's Job and ConfigMap. The Job's pods have it too,
// with 5 more characters and the index, within the 63 of a host's name.
func JobName(runID string) string { return "llmbench-" + LabelValue(runID) }

// LabelValue makes a run's ID fit for a label and for an object's name.
func LabelValue(runID string) string {
	text := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r + ('a' - 'A')
		}
		return '-'
	}, runID)
	return strings.Trim(text[:min(len(text), 40)], "-")
}

// TokenRef names the key of a Secret that holds an engine's token.
type TokenRef struct{ Env, Secret, Key string }

// Peer is a set of pods that workers would rather not share a node with.
type Peer struct {
	Namespace string
	Labels    map[string]string
}

// JobSpec is what a run's Job is made of.
type JobSpec struct {
	Namespace, RunID, Image string
	PullSecrets             []string
	Workers                 int
	// CPU is requested and not limited, because a limit stops a process in the
	// middle of reading what has just come; Memory is both.
	CPU, Memory  resource.Quantity
	NodeSelector map[string]string
	Tolerations  []corev1.Toleration
	Tokens       []TokenRef
	// Apart are the engines' pods.
	Apart []Peer
	// Deadline is how long the run may take in all, and Keep how long the Job
	// stays when it is over.
	Deadline, Keep time.Duration
}

// ConfigMap is the plan as an object.
func (s JobSpec) ConfigMap(plan []byte) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: s.meta(), BinaryData: map[string][]byte{PlanKey: plan}}
}

func (s JobSpec) meta() metav1.ObjectMeta {
	labels := WorkerLabels()
	labels[LabelRun] = LabelValue(s.RunID)
	return metav1.ObjectMeta{Name: JobName(s.RunID), Namespace: s.Namespace, Labels: labels}
}

// Job is one pod for each worker. A worker that fails is not replaced, and the
// others go on: what it had sent cannot be sent again.
func (s JobSpec) Job() *batchv1.Job {
	meta := s.meta()
	return &batchv1.Job{ObjectMeta: meta, Spec: batchv1.JobSpec{
		CompletionMode: new(batchv1.IndexedCompletion),
		Completions:    new(int32(s.Workers)), Parallelism: new(int32(s.Workers)), //nolint:gosec // some thousands
		BackoffLimitPerIndex: new(int32(0)), PodReplacementPolicy: new(batchv1.Failed),
		ActiveDeadlineSeconds: new(int64(s.Deadline.Seconds())), TTLSecondsAfterFinished: new(int32(s.Keep.Seconds())),
		Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: meta.Labels, Annotations: map[string]string{OrdersKey: "{}"}},
			Spec:       s.pod(),
		},
	}}
}

// pod keeps to Pod Security's restricted level and to OpenShift's restricted-v2,
// which chooses the user itself.
func (s JobSpec) pod() corev1.PodSpec {
	pod := corev1.PodSpec{
		RestartPolicy:                 corev1.RestartPolicyNever,
		AutomountServiceAccountToken:  new(false),
		EnableServiceLinks:            new(false),
		TerminationGracePeriodSeconds: new(int64(15)),
		SecurityContext: &corev1.PodSecurityContext{
			RunAsNonRoot: new(true), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		NodeSelector: s.NodeSelector, Tolerations: append(leaveBadNodes(), s.Tolerations...),
		Affinity: s.affinity(), TopologySpreadConstraints: s.spread(),
		Containers: []corev1.Container{s.container()},
		Volumes: []corev1.Volume{
			{Name: "plan", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: JobName(s.RunID)}}}},
			{Name: "pod", VolumeSource: corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: []corev1.DownwardAPIVolumeFile{
				{Path: "orders", FieldRef: &corev1.ObjectFieldSelector{FieldPath: fmt.Sprintf("metadata.annotations['%s']", OrdersKey)}},
			}}}},
			{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: new(resource.MustParse("64Mi"))}}},
		},
	}
	for _, name := range s.PullSecrets {
		pod.ImagePullSecrets = append(pod.ImagePullSecrets, corev1.LocalObjectReference{Name: name})
	}
	return pod
}

func (s JobSpec) container() corev1.Container {
	c := corev1.Container{
		Name: "worker", Image: s.Image, Args: []string{"worker"},
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: new(false), ReadOnlyRootFilesystem: new(true),
			Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: s.CPU, corev1.ResourceMemory: s.Memory},
			Limits:   corev1.ResourceList{corev1.ResourceMemory: s.Memory},
		},
		// Memory that is nearly used up is worth more garbage collection.
		Env: []corev1.EnvVar{{Name: "GOMEMLIMIT", Value: strconv.FormatInt(s.Memory.Value()*9/10, 10)}},
		VolumeMounts: []corev1.VolumeMount{
			{Name: "plan", MountPath: planFolder, ReadOnly: true}, {Name: "pod", MountPath: ordersFolder, ReadOnly: true}, {Name: "tmp", MountPath: "/tmp"},
		},
	}
	for _, t := range s.Tokens {
		c.Env = append(c.Env, corev1.EnvVar{Name: t.Env, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: t.Secret}, Key: t.Key,
		}}})
	}
	return c
}

// leaveBadNodes has a worker whose node is gone count as lost within half a
// minute, in place of the five that are the default.
func leaveBadNodes() []corev1.Toleration {
	var all []corev1.Toleration
	for _, key := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
		all = append(all, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: new(int64(30))})
	}
	return all
}

// gpuLabels are what operators put on nodes with a GPU: NVIDIA's and AMD's own,
// and Node Feature Discovery's for devices of NVIDIA (PCI vendor 10de).
var gpuLabels = []string{"nvidia.com/gpu.present", "amd.com/gpu", "feature.node.kubernetes.io/pci-10de.present"}

// affinity keeps workers away from nodes with GPUs and from those of the engines,
// if there are others.
func (s JobSpec) affinity() *corev1.Affinity {
	var plain []corev1.NodeSelectorRequirement
	for _, label := range gpuLabels {
		plain = append(plain, corev1.NodeSelectorRequirement{Key: label, Operator: corev1.NodeSelectorOpDoesNotExist})
	}
	a := &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{
		{Weight: 50, Preference: corev1.NodeSelectorTerm{MatchExpressions: plain}},
	}}}
	for _, p := range s.Apart {
		if a.PodAntiAffinity == nil {
			a.PodAntiAffinity = &corev1.PodAntiAffinity{}
		}
		a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution = append(a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution, corev1.WeightedPodAffinityTerm{
			Weight: 100, PodAffinityTerm: corev1.PodAffinityTerm{
				LabelSelector: &metav1.LabelSelector{MatchLabels: p.Labels}, Namespaces: []string{p.Namespace}, TopologyKey: corev1.LabelHostname,
			},
		})
	}
	return a
}

// spread puts workers on different nodes where it can.
func (s JobSpec) spread() []corev1.TopologySpreadConstraint {
	return []corev1.TopologySpreadConstraint{{
		MaxSkew: 1, TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.ScheduleAnyway,
		LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{LabelRun: LabelValue(s.RunID)}},
	}}
}
