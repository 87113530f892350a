package infra

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// apiReachable passes wherever a survey was made: without an API server there
// is none. A survey that was refused everything says so.
func apiReachable(s *site) []record.Check {
	if s.survey.Requests == 0 {
		return skip("cluster", "nothing was asked of the API server")
	}
	return pass("cluster", "the API server answered %s", plural(int(s.survey.Requests+s.survey.Inventory.Requests), "request", "requests"))
}

var versionText = regexp.MustCompile(`^v?(\d+)\.(\d+)`)

// oldestMinor is the first minor version of Kubernetes 1 with autoscaling/v2,
// the youngest of the APIs that every survey reads.
const oldestMinor = 23

func clusterVersion(s *site) []record.Check {
	c := s.survey.Cluster
	if c == nil {
		return skip("cluster", "the API server did not tell its version")
	}
	about := fmt.Sprintf("%s %s", cmp.Or(c.Platform, "Kubernetes"), c.Version)
	m := versionText.FindStringSubmatch(c.Version)
	if m == nil {
		return skip("cluster", "%s has a version that cannot be read", about)
	}
	minor, err := strconv.Atoi(m[2])
	if err == nil && m[1] == "1" && minor < oldestMinor {
		return warn("cluster", fmt.Sprintf("# upgrade the control plane to Kubernetes 1.%d or newer, then\nkubectl version", oldestMinor),
			"%s lacks APIs that are read here, autoscaling/v2 among them: what they would show is skipped", about)
	}
	return pass("cluster", "%s", about)
}

func namespaceExists(s *site) []record.Check {
	name := s.survey.Inventory.Namespace
	switch own := s.survey.Namespace; {
	case name == "":
		return skip("namespace", "all namespaces are looked at")
	case own == nil:
		return fail("namespace "+name, "kubectl create namespace "+name, "there is no namespace %s: check -n and the kubeconfig's context", name)
	case own.Status.Phase == corev1.NamespaceTerminating || own.DeletionTimestamp != nil:
		return fail("namespace "+name, "kubectl get namespace "+name+" -o jsonpath='{.status.conditions}'", "the namespace is being deleted, and everything in it with it")
	default:
		return pass("namespace "+name, "it is there")
	}
}

// permissions gives one check for each permission. What works without it is a
// warning; the lists of pods and Services are what everything begins with.
func permissions(s *site) []record.Check {
	var all []record.Check
	tunnels := s.tunnels()
	for _, d := range s.survey.Access {
		subject := d.String()
		where := "in the whole cluster"
		if d.Namespace != "" {
			where = "in namespace " + d.Namespace
		}
		reason, absent, _ := s.survey.Unseen(d.Resource)
		switch remedy := grant(d); {
		case absent:
			all = append(all, skip(subject, "%s", reason)...)
		case d.Allowed:
			all = append(all, pass(subject, "allowed %s", where)...)
		case d.Subresource == "portforward" && (d.Verb == "get" || !tunnels):
			all = append(all, warn(subject, remedy, "not allowed %s: %s", where, d.Why)...)
		case d.Optional:
			all = append(all, warn(subject, remedy, "not allowed %s, so that this is not seen: %s", where, d.Why)...)
		default:
			all = append(all, fail(subject, remedy, "not allowed %s: %s", where, d.Why)...)
		}
	}
	return all
}

// tunnels says that an engine is reached by port-forward alone.
func (s *site) tunnels() bool {
	for _, e := range s.engines {
		if e.Via == "port-forward" || e.Via == "" {
			return true
		}
	}
	return false
}

// grant is what whoever may grant the permission runs. What USER stands for
// only the caller can ask.
func grant(d kube.Decision) string {
	resource := d.Resource
	if d.Group != "" {
		resource += "." + d.Group
	}
	if d.Subresource != "" {
		resource += "/" + d.Subresource
	}
	role, in := "role", " -n "+d.Namespace
	if d.Namespace == "" {
		role, in = "clusterrole", ""
	}
	name := "llmbench-" + d.Verb + "-" + strings.ReplaceAll(resource, "/", "-")
	return fmt.Sprintf(`# USER is what the caller gets from: kubectl auth whoami
kubectl create %[1]s %[2]s%[3]s --verb=%[4]s --resource=%[5]s
kubectl create %[1]sbinding %[2]s%[3]s --%[1]s=%[2]s --user=USER`, role, name, in, d.Verb, resource)
}
