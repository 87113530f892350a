package discover

import (
	"net/url"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// isvcLabel names, on pods and Services, the InferenceService they belong to.
const isvcLabel = "serving.kserve.io/inferenceservice"

// inferenceURLs lists the addresses that KServe itself gives an engine's
// InferenceService. They are an ingress of some kind, or a name that resolves
// inside the cluster.
func inferenceURLs(ix *index, c *candidate, o Options) []*rung {
	isvc := ix.inference[key{c.namespace, c.inferenceService()}]
	if isvc == nil {
		return nil
	}
	addresses := []string{isvc.Status.URL}
	if a := isvc.Status.Address; a != nil && a.URL != isvc.Status.URL {
		addresses = append(addresses, a.URL)
	}
	var all []*rung
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			continue
		}
		u.Path = strings.TrimRight(u.Path, "/")
		way := &rung{via: viaIngress, object: "inferenceservice/" + isvc.Name, url: u.String()}
		if strings.HasSuffix(u.Hostname(), ".svc.cluster.local") || strings.HasSuffix(u.Hostname(), ".svc") {
			way.via = viaClusterDNS
			if !o.InCluster {
				way.leave(onlyInside)
			}
		}
		if why := notReady(isvc); why != "" {
			way.note(why)
		}
		all = append(all, way)
	}
	return all
}

// inferenceService is the name of the InferenceService a candidate belongs to.
func (c *candidate) inferenceService() string {
	if p := c.firstPod(); p != nil && p.Labels[isvcLabel] != "" {
		return p.Labels[isvcLabel]
	}
	for _, f := range c.fronts {
		if name := f.Labels[isvcLabel]; name != "" {
			return name
		}
	}
	return ""
}

func notReady(isvc *kube.InferenceService) string {
	for _, cond := range isvc.Status.Conditions {
		if cond.Type == "Ready" && cond.Status == metav1.ConditionFalse {
			return strings.TrimSpace("the InferenceService is not ready: " + cond.Reason + " " + cond.Message)
		}
	}
	return ""
}
