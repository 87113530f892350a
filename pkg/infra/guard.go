package infra

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func disruptionBudget(s *site, e *standing) []record.Check {
	var open *policyv1.PodDisruptionBudget
	for i := range s.survey.Budgets {
		b := &s.survey.Budgets[i]
		if b.Namespace != e.Namespace || !selects(b.Spec.Selector, e.pods[0].Labels) {
			continue
		}
		// A budget that allows none is what keeps a run whole.
		if int(b.Status.DisruptionsAllowed) < len(e.pods) {
			return pass(e.name(), "PodDisruptionBudget %s allows %d of %s to be evicted", b.Name, b.Status.DisruptionsAllowed, plural(len(e.pods), "pod", "pods"))
		}
		open = b
	}
	if open != nil {
		return warn(e.name(), fmt.Sprintf(`kubectl patch pdb %s -n %s --type=merge -p '{"spec":{"minAvailable":null,"maxUnavailable":0}}'`, open.Name, open.Namespace),
			"PodDisruptionBudget %s lets every pod be evicted: a drain would end a run", open.Name)
	}
	return warn(e.name(), e.budget(), "no PodDisruptionBudget: a drain or the cluster's autoscaler may take its pods in a run")
}

// budget is a budget that keeps the engine's pods.
func (e *standing) budget() string {
	return fmt.Sprintf("kubectl create pdb %s -n %s --selector=%s --min-available=%d", e.Name, e.Namespace, selectorText(e.distinct()), max(len(e.pods), 1))
}

// selects says whether a selector of an object selects labels. One that is not
// there selects nothing, an empty one everything.
func selects(selector *metav1.LabelSelector, set map[string]string) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(labels.Set(set))
}

// revisions are labels that one revision of a workload, or one pod, has.
var revisions = []string{"pod-template-hash", "controller-revision-hash", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "pod-template-generation"}

// distinct are the labels to select the engine's pods by: what names them
// where there is one, else all that all revisions share.
func (e *standing) distinct() map[string]string {
	all := map[string]string{}
	for name, value := range e.pods[0].Labels {
		all[name] = value
	}
	for _, name := range revisions {
		delete(all, name)
	}
	for _, pair := range [][]string{{"app.kubernetes.io/name", "app.kubernetes.io/instance"}, {"app"}} {
		few := map[string]string{}
		for _, name := range pair {
			if v := all[name]; v != "" {
				few[name] = v
			}
		}
		if few[pair[0]] != "" {
			return few
		}
	}
	return all
}

func selectorText(set map[string]string) string { return labels.SelectorFromSet(set).String() }

// priority looks for classes of pods that would push an engine out where room
// is short. Those of the system itself are everywhere and seldom come anew.
func priority(s *site, e *standing) []record.Check {
	own := priorityOf(e.pods[0])
	var above []string
	for i := range s.survey.PriorityClasses {
		c := &s.survey.PriorityClasses[i]
		never := c.PreemptionPolicy != nil && *c.PreemptionPolicy == corev1.PreemptNever
		if c.Value > own && !never && !strings.HasPrefix(c.Name, "system-") {
			above = append(above, fmt.Sprintf("%s (%d)", c.Name, c.Value))
		}
	}
	var found []record.Check
	if len(above) > 0 {
		class := above[0][:strings.IndexByte(above[0], ' ')]
		found = warn(e.name(), e.patch(fmt.Sprintf(`{"priorityClassName":%q,"priority":null}`, class)),
			"its priority is %d, and pods of %s may push it out where room is short", own, strings.Join(above, ", "))
	}
	for _, other := range s.podded() {
		if theirs := priorityOf(other.pods[0]); other != e && own < theirs {
			found = append(found, warn(e.name(), e.patch(fmt.Sprintf(`{"priorityClassName":%q,"priority":null}`, other.pods[0].Spec.PriorityClassName)),
				"its priority is %d and that of %s %d: where room is short it goes first", own, other.name(), theirs)...)
		}
	}
	return orPass(found, e.name(), "its priority is %d, and no class of pods may push it out", own)
}

func priorityOf(p *corev1.Pod) int32 {
	if p.Spec.Priority == nil {
		return 0
	}
	return *p.Spec.Priority
}
