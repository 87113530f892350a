package discover

import (
	"fmt"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// part is a Service that gets some of a way's requests.
type part struct {
	service string
	weight  int32
}

// shareOut reads how a way divides its requests. A way of which a candidate
// gets the smaller part is refused, because what is measured over it would be
// another's; one it shares is kept and reported.
func (r *rung) shareOut(c *candidate, parts []part) {
	var own, total int32
	var others []string
	for _, p := range parts {
		total += p.weight
		if c.frontOf(p.service, anyPort) != nil {
			own += p.weight
		} else if p.weight > 0 {
			others = append(others, p.service)
		}
	}
	switch {
	case total == 0 || own == 0:
		r.refuse("it sends no requests here: the weight of this Service is 0")
	case own == total:
	case 2*own < total:
		r.refuse(fmt.Sprintf("it sends only %d %% of its requests here, the others to %s", percent(own, total), strings.Join(others, ", ")))
	default:
		r.findings = append(r.findings, record.Finding{
			ID: "shared-traffic", Severity: record.SeverityWarn, Subject: c.subject(),
			Message: fmt.Sprintf("%s sends %d %% of its requests here and the others to %s: what is measured is the mixture", r.object, percent(own, total), strings.Join(others, ", ")),
			Remedy:  "take another way with --via, or give the other backends the weight 0 for the time of the run",
		})
	}
}

func percent(own, total int32) int { return int(100 * int64(own) / int64(total)) }
