package infra

import (
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Group is a part of the ground.
type Group string

// The groups of rules, in the order in which they are applied.
const (
	Access       Group = "access"
	Engines      Group = "engines"
	AntiAffinity Group = "anti-affinity"
	GPU          Group = "gpu"
	Room         Group = "room"
	Nodes        Group = "nodes"
	WayIn        Group = "way-in"
	Fairness     Group = "fairness"
)

// Rule is one thing that is looked at. Its ID is that of the checks it gives
// and does not change between versions.
type Rule struct {
	ID    string
	Group Group
	What  string
}

// Rules lists every rule, in the order in which they are applied.
func Rules() []Rule {
	all := make([]Rule, 0, len(rules))
	for _, r := range rules {
		all = append(all, r.Rule)
	}
	return all
}

// rule is a Rule with what it takes and what it does.
type rule struct {
	Rule

	// cluster says that it is about the cluster rather than the engines.
	cluster bool
	// engines is how many engines there must be, at least.
	engines int
	// needs are the kinds of objects without which it cannot look.
	needs []string
	look  func(*site) []record.Check
}

func ofCluster(id string, g Group, what string, look func(*site) []record.Check, needs ...string) rule {
	return rule{Rule: Rule{id, g, what}, cluster: true, look: look, needs: needs}
}

// ofWay is a rule on the way to each engine.
func ofWay(id, what string, look func(*site, *standing) []record.Check, needs ...string) rule {
	return rule{Rule: Rule{id, WayIn, what}, engines: 1, look: each(look), needs: needs}
}

// ofPods is a rule on the pods of each engine.
func ofPods(id string, g Group, what string, look func(*site, *standing) []record.Check, needs ...string) rule {
	return rule{Rule: Rule{id, g, what}, engines: 1, look: each(withPods(look)), needs: needs}
}

// between is a rule on what there is between engines.
func between(id string, g Group, what string, look func(*site) []record.Check, needs ...string) rule {
	return rule{Rule: Rule{id, g, what}, engines: 2, look: look, needs: needs}
}

func (r rule) aboutCluster() rule {
	r.cluster = true
	return r
}

// rules is every rule.
var rules = []rule{
	ofCluster("api-reachable", Access, "the API server answers", apiReachable),
	ofCluster("cluster-version", Access, "the API server's version has the APIs that are read here", clusterVersion, kube.ClusterVersion),
	ofCluster("namespace-exists", Access, "the namespace is there and is not being deleted", namespaceExists, "namespaces"),
	ofCluster("permission", Access, "the caller has each permission that the commands ask for", permissions, kube.AccessReviews),

	{Rule: Rule{"engines-found", Engines, "there is an engine to measure"}, look: enginesFound},
	ofPods("pods-ready", Engines, "every pod of an engine is ready", podsReady),
	ofPods("restarts", Engines, "no container of an engine was restarted", restarts),
	ofPods("oom-killed", Engines, "no container of an engine ran out of memory", oomKilled),
	ofPods("image-pinned", Engines, "images are pinned to a version, and all replicas run the same", imagePinned),
	ofPods("probes", Engines, "an engine has a readiness probe, and no liveness probe that ends a model load", probes),
	ofPods("requests-limits", Engines, "an engine requests CPU and memory, and its memory is limited", requestsLimits),
	ofPods("replicas-wanted", Engines, "an engine has as many ready replicas as it is to have", replicasWanted, "deployments", "statefulsets"),
	between("replicas-equal", Engines, "engines have the same number of replicas", replicasEqual),
	ofPods("autoscaling", Engines, "nothing rescales an engine in a run", autoscaling, "horizontalpodautoscalers", "scaledobjects"),
	ofPods("disruption-budget", Engines, "a drain does not take an engine's pods in a run", disruptionBudget, "poddisruptionbudgets"),
	ofPods("priority", Engines, "no other pod may push an engine out", priority, "priorityclasses"),

	between("anti-affinity-declared", AntiAffinity, "the scheduler is told to keep the engines apart", declared),
	between("anti-affinity-effective", AntiAffinity, "no two engines stand on one node", effective),
	between("gpu-apart", AntiAffinity, "no two engines may be on one GPU, as far as resources and labels tell", gpuApart),
	ofPods("anti-affinity-terms", AntiAffinity, "every anti-affinity term matches some pod", termsMatch),
	ofPods("anti-affinity-possible", AntiAffinity, "what keeps engines apart can be met on these nodes", possible, "nodes"),

	ofCluster("gpu-present", GPU, "nodes offer GPUs", gpuPresent, "nodes"),
	ofCluster("gpu-capacity", GPU, "GPUs of each node: capacity, allocatable, requested", gpuCapacity, "nodes"),
	ofCluster("gpu-sharing", GPU, "no GPU is shared between pods by time-slicing or MPS", gpuSharing, "nodes"),
	ofPods("gpu-requested", GPU, "every engine has a GPU, or none", gpuRequested),
	between("gpu-product", GPU, "engines stand on the same GPU product", gpuProduct, "nodes"),
	between("gpu-memory", GPU, "engines' GPUs have the same memory", gpuMemory, "nodes"),
	ofPods("gpu-claims", GPU, "devices claimed by Dynamic Resource Allocation are allocated, and to one engine alone", gpuClaims, "resourceclaims"),

	ofPods("room", Room, "a further pod of an engine fits on a node", room, "nodes", kube.EveryPod).aboutCluster(),
	ofPods("room-quota", Room, "a further pod of an engine fits the quotas of its namespace", roomQuota, "resourcequotas").aboutCluster(),
	ofPods("room-limits", Room, "a further pod of an engine keeps the limit ranges of its namespace", roomLimits, "limitranges").aboutCluster(),

	ofPods("node-ready", Nodes, "the nodes of an engine are ready", nodeReady, "nodes").aboutCluster(),
	ofPods("node-pressure", Nodes, "the nodes of an engine are under no pressure", nodePressure, "nodes").aboutCluster(),
	ofPods("node-cordoned", Nodes, "the nodes of an engine are not cordoned or about to go", nodeCordoned, "nodes").aboutCluster(),
	ofPods("node-neighbours", Nodes, "no heavy pod runs beside an engine", neighbours, "nodes", kube.EveryPod).aboutCluster(),

	ofWay("way-found", "a way leads to a healthy engine", wayFound),
	ofWay("way-timeout", "no Route, Ingress or HTTPRoute ends a request too early", wayTimeout),
	ofWay("way-buffering", "no proxy holds tokens back", wayBuffering),
	ofWay("service-endpoints", "every Service of an engine has ready endpoints", serviceEndpoints, "services", "endpointslices"),
	ofWay("session-affinity", "requests go to all replicas", sessionAffinity, "services"),
	ofPods("network-policy-in", WayIn, "network policies let the tool reach an engine", policyIn, "networkpolicies"),
	ofPods("network-policy-worker", WayIn, "network policies let a worker inside the cluster reach an engine", policyWorker, "networkpolicies"),
	ofWay("tls-expiry", "the certificate on the way outlasts the comparison", tlsExpiry),

	between("fair-model", Fairness, "engines serve the same model", fairModel),
	between("fair-precision", Fairness, "weights have the same precision", fairPrecision),
	between("fair-context", Fairness, "engines have the same context length", compared(&contextLength)),
	between("fair-concurrency", Fairness, "engines take the same number of requests at once", compared(&concurrency)),
	between("fair-gpu-memory", Fairness, "engines take the same share of a GPU's memory", compared(&memoryShare)),
	between("fair-prefix-cache", Fairness, "engines all cache prefixes, or none", compared(&prefixCache)),
	between("fair-gpu-count", Fairness, "engines have the same number of GPUs, and use them", fairGPUs),
}
