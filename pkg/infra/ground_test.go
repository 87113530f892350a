package infra

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// On an even ground all rules pass that have something to look at.
func TestAnEvenGroundPasses(t *testing.T) {
	passed := map[string]bool{}
	var skipped []string
	for _, c := range Validate(even().Ground, Options{}) {
		switch c.Status {
		case record.CheckPass:
			passed[c.ID] = true
		case record.CheckSkip:
			skipped = append(skipped, c.ID+" "+c.Subject+": "+c.Message)
		default:
			t.Errorf("%+v", c)
		}
	}
	for _, r := range Rules() {
		if !passed[r.ID] {
			t.Errorf("%s does not pass", r.ID)
		}
	}
	want := []string{"fair-gpu-memory ollama: ollama has no setting of its share of GPU memory"}
	if diff := cmp.Diff(want, skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
}

// Every rule has a row that it breaks on, and one that it skips.
func TestEveryRuleIsBrokenAndSkipped(t *testing.T) {
	broken, skipped := map[string]bool{}, map[string]bool{}
	for _, table := range tables {
		for _, r := range table {
			for _, c := range r.checks() {
				switch c.Status {
				case record.CheckWarn, record.CheckFail:
					broken[c.ID] = true
				case record.CheckSkip:
					skipped[c.ID] = true
				case record.CheckPass:
				}
			}
		}
	}
	for _, r := range Rules() {
		if !broken[r.ID] && r.ID != "api-reachable" { // without an API server there is no survey
			t.Errorf("no row breaks %s", r.ID)
		}
		if !skipped[r.ID] {
			t.Errorf("no row skips %s", r.ID)
		}
	}
}

func TestRules(t *testing.T) {
	seen := map[string]bool{}
	name := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	var groups []Group
	for _, r := range Rules() {
		if seen[r.ID] || !name.MatchString(r.ID) || r.What == "" {
			t.Errorf("%+v", r)
		}
		seen[r.ID] = true
		if len(groups) == 0 || groups[len(groups)-1] != r.Group {
			groups = append(groups, r.Group)
		}
	}
	if diff := cmp.Diff([]Group{Access, Engines, AntiAffinity, GPU, Room, Nodes, WayIn, Fairness}, groups); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// grounds on which little or nothing can be seen.
var poorGrounds = map[string]func(*world){
	"no survey":   func(w *world) { w.Survey = nil },
	"nothing":     func(w *world) { *w.Survey = kube.Survey{Inventory: &kube.Inventory{}}; w.Engines = nil },
	"one engine":  func(w *world) { w.Engines = w.Engines[:1] },
	"no pods":     func(w *world) { w.hide("pods"); w.hide(kube.EveryPod); w.Inventory.Pods = nil },
	"no Services": func(w *world) { w.Inventory.Services = nil },
	"pods alone": func(w *world) {
		inventory := &kube.Inventory{Namespace: team, Pods: w.Inventory.Pods}
		*w.Survey = kube.Survey{Inventory: inventory, Requests: 1}
		for _, p := range append(kube.ListPermissions()[1:], kube.SurveyPermissions()...) {
			source := p.Resource
			if source == "pods" {
				source = kube.EveryPod
			}
			w.hide(source)
		}
		w.hide(kube.AccessReviews)
		w.hide(kube.ClusterVersion)
	},
	"bare pods": func(w *world) {
		w.Deployments = nil
		for i := range w.Inventory.Pods {
			p := &w.Inventory.Pods[i]
			p.OwnerReferences, p.Labels, p.Status.Conditions = nil, nil, nil
			p.Spec.Containers, p.Spec.NodeName, p.Spec.Affinity = nil, "", nil
		}
	},
	"no GPU": func(w *world) {
		for i := range w.Inventory.Nodes {
			n := &w.Inventory.Nodes[i]
			n.Status.Capacity, n.Status.Allocatable, n.Labels = nil, nil, nil
		}
		for i := range w.Inventory.Pods {
			delete(w.Inventory.Pods[i].Spec.Containers[0].Resources.Limits, "nvidia.com/gpu")
		}
	},
}

// Whatever is missing, each rule says something, and nothing that rests on what
// could not be looked at passes.
func TestPoorGroundsAreSkipped(t *testing.T) {
	for name, change := range poorGrounds {
		t.Run(name, func(t *testing.T) {
			w := even()
			change(w)
			w.Ground.Survey = w.Survey
			said := map[string]bool{}
			for _, c := range Validate(w.Ground, Options{}) {
				said[c.ID] = true
				checkRemedy(t, c)
				if c.Status == "" || c.Subject == "" || c.Message == "" {
					t.Errorf("%+v", c)
				}
				if name == "no survey" && c.Status != record.CheckSkip || name == "pods alone" && c.Status == record.CheckPass && !slices.Contains(fromPods, c.ID) {
					t.Errorf("%+v", c)
				}
			}
			for _, r := range Rules() {
				if !said[r.ID] {
					t.Errorf("%s says nothing", r.ID)
				}
			}
		})
	}
}

// fromPods are the rules that need no more than pods and what the engine's way
// was found to be.
var fromPods = []string{
	"api-reachable", "engines-found", "pods-ready", "restarts", "oom-killed", "image-pinned", "probes", "requests-limits", "replicas-equal",
	"anti-affinity-declared", "anti-affinity-effective", "gpu-apart", "anti-affinity-terms", "gpu-requested", "way-found", "way-timeout", "way-buffering",
	"tls-expiry", "fair-model", "fair-precision", "fair-context", "fair-concurrency", "fair-gpu-memory", "fair-prefix-cache", "fair-gpu-count",
}

func TestEnginesOnlyLeavesTheClusterOut(t *testing.T) {
	all, some := map[string]bool{}, map[string]bool{}
	for _, c := range Validate(even().Ground, Options{}) {
		all[c.ID] = true
	}
	for _, c := range Validate(even().Ground, Options{EnginesOnly: true}) {
		some[c.ID] = true
		delete(all, c.ID)
	}
	left := slices.Sorted(maps.Keys(all))
	want := "api-reachable cluster-version gpu-capacity gpu-present gpu-sharing namespace-exists node-cordoned node-neighbours node-pressure node-ready permission room room-limits room-quota"
	if diff := cmp.Diff(want, strings.Join(left, " ")); diff != "" || !some["anti-affinity-effective"] {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
