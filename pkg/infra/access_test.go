package infra

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

var accessRows = []row{
	{"api-reachable", "it answered", nil, []string{"pass cluster: the API server answered 22 requests"}, ""},
	{"api-reachable", "nobody asked", func(w *world) { w.Requests = 0 }, []string{"skip cluster: nothing was asked of the API server"}, ""},

	{"cluster-version", "its platform", nil, []string{"pass cluster: OpenShift v1.35.1"}, ""},
	{"cluster-version", "old", func(w *world) { w.Cluster = &record.Cluster{Version: "v1.22.17+k3s1"} },
		[]string{"warn cluster: Kubernetes v1.22.17+k3s1 lacks APIs that are read here…"}, "kubectl version"},
	{"cluster-version", "odd", func(w *world) { w.Cluster.Version = "main" }, []string{"skip cluster: OpenShift main has a version that cannot be read"}, ""},
	{"cluster-version", "not told", func(w *world) { w.Cluster = nil; w.hide(kube.ClusterVersion) },
		[]string{"skip version: version could not be looked at: forbidden; asked for list version"}, ""},

	{"namespace-exists", "there", nil, []string{"pass namespace team-a: it is there"}, ""},
	{"namespace-exists", "missing", func(w *world) { w.Namespace = nil }, []string{"fail namespace team-a: there is no namespace team-a…"}, "kubectl create namespace team-a"},
	{"namespace-exists", "on its way out", func(w *world) { w.Namespace.Status.Phase = corev1.NamespaceTerminating },
		[]string{"fail namespace team-a: the namespace is being deleted…"}, "kubectl get namespace team-a"},
	{"namespace-exists", "all", func(w *world) { w.Inventory.Namespace = ""; w.Namespace = nil }, []string{"skip namespace: all namespaces are looked at"}, ""},
	{"namespace-exists", "hidden", func(w *world) { w.hide("namespaces") }, []string{"skip namespaces: namespaces could not be looked at: forbidden…"}, ""},

	{"permission", "allowed", nil, []string{"pass list pods: allowed in namespace team-a"}, ""},
	{"permission", "needed", func(w *world) { w.Access[0].Allowed = false },
		[]string{"fail list pods: not allowed in namespace team-a: engines are told by images, commands and labels"},
		"kubectl create role llmbench-list-pods -n team-a --verb=list --resource=pods\nkubectl create rolebinding llmbench-list-pods -n team-a --role=llmbench-list-pods --user=USER"},
	{"permission", "optional, in the whole cluster", func(w *world) {
		w.Access = []kube.Decision{{Permission: kube.Permission{Resource: "nodes", Verb: "list", ClusterScoped: true, Optional: true, Why: "GPUs"}}}
	}, []string{"warn list nodes: not allowed in the whole cluster, so that this is not seen: GPUs"},
		"kubectl create clusterrole llmbench-list-nodes --verb=list --resource=nodes\nkubectl create clusterrolebinding llmbench-list-nodes --clusterrole=llmbench-list-nodes --user=USER"},
	{"permission", "a tunnel that nobody needs", func(w *world) { w.Access = []kube.Decision{{Permission: kube.TunnelPermissions()[0], Namespace: team}} },
		[]string{"warn create pods/portforward: not allowed in namespace team-a…"}, "--verb=create --resource=pods/portforward"},
	{"permission", "a tunnel that an engine needs", func(w *world) {
		w.Access = []kube.Decision{{Permission: kube.TunnelPermissions()[0], Namespace: team}, {Permission: kube.TunnelPermissions()[1], Namespace: team}}
		w.engine("tgi").Via = "port-forward"
	}, []string{"fail create pods/portforward: not allowed…", "warn get pods/portforward: not allowed…"}, ""},
	{"permission", "for an API that is not there", func(w *world) {
		w.Access = []kube.Decision{{Permission: kube.Permission{Group: "keda.sh", Resource: "scaledobjects", Verb: "list", Optional: true}, Namespace: team}}
		w.Skipped = []record.Skipped{{Source: "scaledobjects", Reason: "this cluster has no keda.sh/v1alpha1 API"}}
	}, []string{"skip list scaledobjects.keda.sh: this cluster has no keda.sh/v1alpha1 API"}, ""},
	{"permission", "not asked", func(w *world) { w.hide(kube.AccessReviews) }, []string{"skip selfsubjectaccessreviews: selfsubjectaccessreviews could not…"}, ""},
}

func init() { tables = append(tables, accessRows) }

func TestAccess(t *testing.T) { run(t, accessRows) }
