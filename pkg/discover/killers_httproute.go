package discover

import (
	"fmt"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// httpRouteKillers finds time limits of an HTTPRoute's rule that are shorter
// than a request may take. They bound whole requests; 0 sets no limit (GEP-1742).
func httpRouteKillers(r *kube.HTTPRoute, i int, c *candidate, needed time.Duration) []record.Finding {
	timeouts := r.Spec.Rules[i].Timeouts
	if timeouts == nil {
		return nil
	}
	var found []record.Finding
	for _, t := range []struct{ field, text string }{{"request", timeouts.Request}, {"backendRequest", timeouts.BackendRequest}} {
		limit, err := time.ParseDuration(t.text)
		if err != nil || limit == 0 || limit >= needed {
			continue
		}
		found = append(found, record.Finding{
			ID: "httproute-timeout", Severity: record.SeverityWarn, Subject: c.subject(),
			Message: fmt.Sprintf("the HTTPRoute %s ends every request after %s (timeouts.%s); one of this run may take %s", r.Name, limit, t.field, needed),
			Remedy: fmt.Sprintf(`kubectl patch httproute %s -n %s --type=json -p '[{"op":"replace","path":"/spec/rules/%d/timeouts/%s","value":"%ds"}]'`,
				r.Name, r.Namespace, i, t.field, wholeSeconds(needed)),
		})
	}
	return found
}
