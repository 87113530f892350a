//go:build e2e

package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// validated runs validate-infra and reads what it printed.
func validated(t *testing.T, kubeconfig string, args ...string) (record.Validation, outcome) {
	t.Helper()
	o := llmbench(t, kubeconfig, append([]string{"validate-infra", "-o", "json"}, args...)...)
	var v record.Validation
	if err := json.Unmarshal([]byte(o.out), &v); err != nil {
		t.Fatalf("read what validate-infra printed: %v", err)
	}
	return v, o
}

// expect fails the test where a check has another status, or was not made.
func expect(t *testing.T, v record.Validation, id string, want record.CheckStatus) (checks []record.Check) {
	t.Helper()
	for _, c := range v.Checks {
		if c.ID != id {
			continue
		}
		checks = append(checks, c)
		if c.Status != want {
			t.Errorf("%s of %s: %s (%s), want %s", id, c.Subject, c.Status, c.Message, want)
		}
		if (c.Status == record.CheckFail || c.Status == record.CheckWarn) && c.Remedy == "" {
			t.Errorf("%s of %s has no remedy", id, c.Subject)
		}
	}
	if len(checks) == 0 {
		t.Errorf("no check %s was made", id)
	}
	return checks
}

func TestTheGroundOfAnEmptyNamespace(t *testing.T) {
	on(t, controlPlane)
	v, o := validated(t, inNamespace(t, newNamespace(t, "empty")))
	if o.code != 0 || v.Summary.Fail > 0 {
		t.Errorf("exit code %d, %+v", o.code, v.Summary)
	}
	expect(t, v, "engines-found", record.CheckWarn)
	for _, id := range []string{"pods-ready", "anti-affinity-effective", "fair-model", "gpu-requested"} {
		expect(t, v, id, record.CheckSkip)
	}
}

func TestTheGroundOfEnginesOnOneNode(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "vllm", "tgi")
	v, o := validated(t, inNamespace(t, f.namespace))
	if o.code != 3 {
		t.Errorf("exit code %d", o.code)
	}
	for _, c := range expect(t, v, "anti-affinity-effective", record.CheckFail) {
		says(t, c.Message, f.namespace)
	}
	expect(t, v, "gpu-requested", record.CheckPass)
	if strings.Contains(o.out, "do-not-show-this") {
		t.Error("a key of the pod's arguments was printed")
	}
	engines, _ := validated(t, inNamespace(t, f.namespace), "--engines-only")
	for _, c := range engines.Checks {
		if c.ID == "permission" || c.ID == "gpu-capacity" {
			t.Errorf("--engines-only made the check %s", c.ID)
		}
	}

	// The same stands in the report of a run.
	run := custom(t, inNamespace(t, f.namespace), "--services", "vllm,tgi")
	found := false
	for _, finding := range summaryOf(t, run).Findings {
		found = found || finding.ID == "anti-affinity-effective" && finding.Severity == record.SeverityError
	}
	if !found {
		t.Error("the run's findings do not name the shared node")
	}
}

func TestTheGroundAsOneSeesItWhoMayOnlyListPods(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "vllm", "tgi")
	kubeconfig := account(t, f.namespace, "pods", []string{"--verb=list", "--resource=pods"})
	v, _ := validated(t, kubeconfig)
	for _, id := range []string{"gpu-capacity", "autoscaling", "room-quota", "disruption-budget", "network-policy-in"} {
		for _, c := range expect(t, v, id, record.CheckSkip) {
			says(t, c.Message, "forbidden")
		}
	}
	if v.Summary.Skip == 0 {
		t.Errorf("%+v", v.Summary)
	}
	for _, c := range v.Checks {
		if c.ID == "permission" && strings.Contains(c.Subject, "routes") && c.Status == record.CheckPass {
			t.Errorf("a permission that is missing passed: %+v", c)
		}
	}
}
