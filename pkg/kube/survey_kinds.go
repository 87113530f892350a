package kube

import (
	"context"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	resourcev1 "k8s.io/api/resource/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// SurveyPermissions returns what Cluster.Survey asks for beyond ListPermissions.
// All of it is optional.
func SurveyPermissions() []Permission {
	var s Survey
	all := append(surveyKinds(&s), everyPod(&s))
	ps := make([]Permission, 0, len(all)+1)
	for _, k := range all {
		ps = append(ps, k.permission())
	}
	return append(ps, namespacePermission)
}

// surveyKinds are the kinds that a Survey lists into s.
func surveyKinds(s *Survey) []kind {
	kinds := slices.Concat(workloadKinds(s), scalerKinds(s), boundKinds(s), claimKinds(s))
	for i := range kinds {
		kinds[i].optional, kinds[i].namespaced = true, !kinds[i].clusterWide
	}
	return kinds
}

// keda is what KEDA scales workloads by.
var keda = schema.GroupVersionResource{Group: "keda.sh", Version: "v1alpha1", Resource: "scaledobjects"}

// workloadKinds make pods.
func workloadKinds(s *Survey) []kind {
	return []kind{
		{group: "apps", version: "v1", resource: "deployments", why: "replicas wanted", read: readInto(
			func(c *Cluster, ns string) listOf[*appsv1.DeploymentList] {
				return c.Core.AppsV1().Deployments(ns).List
			},
			func(l *appsv1.DeploymentList) []appsv1.Deployment { return l.Items }, &s.Deployments)},
		{group: "apps", version: "v1", resource: "statefulsets", why: "replicas wanted", read: readInto(
			func(c *Cluster, ns string) listOf[*appsv1.StatefulSetList] {
				return c.Core.AppsV1().StatefulSets(ns).List
			},
			func(l *appsv1.StatefulSetList) []appsv1.StatefulSet { return l.Items }, &s.StatefulSets)},
		{group: "apps", version: "v1", resource: "replicasets", why: "which Deployment a pod belongs to", read: readInto(
			func(c *Cluster, ns string) listOf[*appsv1.ReplicaSetList] {
				return c.Core.AppsV1().ReplicaSets(ns).List
			},
			func(l *appsv1.ReplicaSetList) []appsv1.ReplicaSet { return l.Items }, &s.ReplicaSets)},
	}
}

// scalerKinds change how many pods there are.
func scalerKinds(s *Survey) []kind {
	return []kind{
		{group: "autoscaling", version: "v2", resource: "horizontalpodautoscalers", why: "engines that would be rescaled in a run", read: readInto(
			func(c *Cluster, ns string) listOf[*autoscalingv2.HorizontalPodAutoscalerList] {
				return c.Core.AutoscalingV2().HorizontalPodAutoscalers(ns).List
			},
			func(l *autoscalingv2.HorizontalPodAutoscalerList) []autoscalingv2.HorizontalPodAutoscaler {
				return l.Items
			}, &s.Autoscalers)},
		{
			group: keda.Group, version: keda.Version, resource: keda.Resource, why: "engines that KEDA would rescale in a run",
			read: func(ctx context.Context, l *lister, namespace string) error {
				return readLoose(ctx, l, keda, namespace, &s.ScaledObjects)
			},
		},
		{group: "policy", version: "v1", resource: "poddisruptionbudgets", why: "engines that a drain may take in a run", read: readInto(
			func(c *Cluster, ns string) listOf[*policyv1.PodDisruptionBudgetList] {
				return c.Core.PolicyV1().PodDisruptionBudgets(ns).List
			},
			func(l *policyv1.PodDisruptionBudgetList) []policyv1.PodDisruptionBudget { return l.Items }, &s.Budgets)},
	}
}

// boundKinds set bounds to pods.
func boundKinds(s *Survey) []kind {
	return []kind{
		{group: "networking.k8s.io", version: "v1", resource: "networkpolicies", why: "what may reach an engine", read: readInto(
			func(c *Cluster, ns string) listOf[*networkingv1.NetworkPolicyList] {
				return c.Core.NetworkingV1().NetworkPolicies(ns).List
			},
			func(l *networkingv1.NetworkPolicyList) []networkingv1.NetworkPolicy { return l.Items }, &s.NetworkPolicies)},
		{version: "v1", resource: "resourcequotas", why: "room for another engine", read: readInto(
			func(c *Cluster, ns string) listOf[*corev1.ResourceQuotaList] {
				return c.Core.CoreV1().ResourceQuotas(ns).List
			},
			func(l *corev1.ResourceQuotaList) []corev1.ResourceQuota { return l.Items }, &s.Quotas)},
		{version: "v1", resource: "limitranges", why: "room for another engine", read: readInto(
			func(c *Cluster, ns string) listOf[*corev1.LimitRangeList] {
				return c.Core.CoreV1().LimitRanges(ns).List
			},
			func(l *corev1.LimitRangeList) []corev1.LimitRange { return l.Items }, &s.LimitRanges)},
	}
}

// claimKinds say what pods may claim, and before whom.
func claimKinds(s *Survey) []kind {
	return []kind{
		{group: "resource.k8s.io", version: "v1", resource: "resourceclaims", why: "devices that engines claim", read: readInto(
			func(c *Cluster, ns string) listOf[*resourcev1.ResourceClaimList] {
				return c.Core.ResourceV1().ResourceClaims(ns).List
			},
			func(l *resourcev1.ResourceClaimList) []resourcev1.ResourceClaim { return l.Items }, &s.ResourceClaims)},
		{group: "scheduling.k8s.io", version: "v1", resource: "priorityclasses", clusterWide: true, why: "pods that would push an engine out", read: readInto(
			func(c *Cluster, _ string) listOf[*schedulingv1.PriorityClassList] {
				return c.Core.SchedulingV1().PriorityClasses().List
			},
			func(l *schedulingv1.PriorityClassList) []schedulingv1.PriorityClass { return l.Items }, &s.PriorityClasses)},
	}
}

// everyPod lists the pods of all namespaces.
func everyPod(s *Survey) kind {
	return kind{
		version: "v1", resource: "pods", clusterWide: true, optional: true, why: "what else runs on the nodes of engines",
		read: readInto(func(c *Cluster, ns string) listOf[*corev1.PodList] { return c.Core.CoreV1().Pods(ns).List },
			func(l *corev1.PodList) []corev1.Pod { return l.Items }, &s.EveryPod),
	}
}

// namespacePermission is what reading the namespace itself takes.
var namespacePermission = Permission{Resource: "namespaces", Verb: "get", Optional: true, Why: "whether the namespace exists"}

// listOf is a typed client's List.
type listOf[L any] func(context.Context, metav1.ListOptions) (L, error)

// readInto reads a kind by its typed client.
func readInto[T any, P object[T], L metav1.ListInterface](client func(*Cluster, string) listOf[L], items func(L) []T, into *[]T) func(context.Context, *lister, string) error {
	return func(ctx context.Context, l *lister, namespace string) error {
		return pages(ctx, l, client(l.cluster, namespace),
			func(page L) { keep[T, P](into, items(page)) }, func() { *into = nil })
	}
}
