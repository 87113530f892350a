//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// account makes a ServiceAccount with a Role of the given rules, as kubectl
// create role takes them, and returns its kubeconfig.
func account(t *testing.T, namespace, name string, rules ...[]string) string {
	t.Helper()
	kubectl(t, "create", "serviceaccount", name, "-n", namespace)
	for i, rule := range rules {
		role := name + "-" + string(rune('a'+i))
		kubectl(t, append([]string{"create", "role", role, "-n", namespace}, rule...)...)
		kubectl(t, "create", "rolebinding", role, "-n", namespace, "--role", role, "--serviceaccount", namespace+":"+name)
	}
	return asServiceAccount(t, namespace, name)
}

var (
	mayList   = []string{"--verb=list", "--resource=pods,services"}
	mayTunnel = []string{"--verb=create", "--resource=pods/portforward"}
)

func TestWithFewPermissionsTheRestWorks(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "vllm", "tgi", "ollama")
	kubeconfig := account(t, f.namespace, "lister", mayList, mayTunnel)

	d, o := discovered(t, kubeconfig)
	if len(d.Engines) != 3 {
		t.Fatalf("found %d engines, want 3", len(d.Engines))
	}
	for _, e := range d.Engines {
		if e.Via != "port-forward" || !e.Healthy {
			t.Errorf("%s: %+v", e.Engine, e)
		}
	}
	for _, resource := range []string{"routes.route.openshift.io", "ingresses.networking.k8s.io", "httproutes.gateway.networking.k8s.io", "endpointslices.discovery.k8s.io", "nodes"} {
		says(t, o.err, "forbidden; asked for list "+resource)
	}
	forbidden := 0
	for _, s := range d.Skipped {
		if s.Forbidden {
			forbidden++
		}
	}
	if lines := strings.Count(o.err, "\n"); forbidden == 0 || lines != forbidden {
		t.Errorf("%d lines on standard error, and %d kinds are forbidden", lines, forbidden)
	}

	measured := custom(t, kubeconfig)
	if measured.code != 0 {
		t.Errorf("the run: exit code %d", measured.code)
	}
	for _, sc := range summaryOf(t, measured).Scenarios {
		for _, e := range sc.Engines {
			if e.Succeeded == 0 {
				t.Errorf("%s in %s: %+v", e.Engine, sc.Name, e)
			}
		}
	}
}

func TestWithoutAWayInThatIsSaid(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "vllm")
	d, _ := discovered(t, account(t, f.namespace, "reader", mayList))
	e := engineNamed(t, d, "vllm")
	if e.Healthy || e.URL != "" {
		t.Errorf("%+v", e)
	}
	says(t, e.Reason+way(t, e, "port-forward").Reason, "create pods/portforward", f.namespace)
}

func TestNothingMayBeListed(t *testing.T) {
	on(t, controlPlane)
	namespace := newNamespace(t, "closed")
	o := llmbench(t, account(t, namespace, "nobody"), "discover-services")
	if o.code != 0 {
		t.Errorf("exit code %d", o.code)
	}
	says(t, o.err, "forbidden; asked for list pods in namespace "+namespace, "No engines found in namespace "+namespace)
}

func TestThePrintedRolesAreEnough(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "vllm")
	printed := llmbench(t, inNamespace(t, f.namespace), "discover-services", "--print-rbac")
	// The ClusterRole bears one name in the whole cluster.
	roles := strings.ReplaceAll(printed.out, "name: llmbench", "name: "+f.namespace)
	apply(t, f.namespace, roles)
	t.Cleanup(func() { afterwards("delete", "clusterrole,clusterrolebinding", f.namespace) })
	kubectl(t, "create", "serviceaccount", "bench", "-n", f.namespace)
	subject := "--serviceaccount=" + f.namespace + ":bench"
	kubectl(t, "create", "rolebinding", "bench", "-n", f.namespace, "--role", f.namespace, subject)
	kubectl(t, "create", "clusterrolebinding", f.namespace, "--clusterrole", f.namespace, subject)

	d, o := discovered(t, asServiceAccount(t, f.namespace, "bench"))
	if o.err != "" {
		t.Errorf("something was not allowed: %s", o.err)
	}
	if e := engineNamed(t, d, "vllm"); !e.Healthy || e.Via != "port-forward" {
		t.Errorf("%+v", e)
	}
}
