package verdict

import (
	"fmt"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// nearTarget is the finding of a target that lies inside the interval of what
// it limits: the statistic decides, but another run might come out otherwise.
const nearTarget = "target-near"

func nearTargets(s record.Summary) []record.Finding {
	var found []record.Finding
	for _, t := range s.Targets {
		v, known := t.Actual.Get()
		if t.Met == nil || !known {
			continue
		}
		ci := intervalOf(s, t)
		if ci == nil || ci[0] > t.Limit || ci[1] <= t.Limit {
			continue
		}
		said := "met"
		if !*t.Met {
			said = "missed"
		}
		found = append(found, record.Finding{
			ID: nearTarget, Severity: record.SeverityInfo, Subject: t.Engine,
			Message: fmt.Sprintf("in %s: the target is %s, since %s of %s is %.4g ms and the limit %.4g ms, but its interval from %.4g to %.4g ms holds the limit", t.Scenario, said, t.Statistic, t.Metric, v, t.Limit, ci[0], ci[1]),
			Remedy:  "send more requests before anything depends on it",
		})
	}
	return found
}

func intervalOf(s record.Summary, t record.TargetResult) *record.Interval {
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			if sc.Name == t.Scenario && e.Engine == t.Engine {
				return e.Distribution(t.Metric).Interval(t.Statistic)
			}
		}
	}
	return nil
}

func withoutFindings(findings []record.Finding, id string) []record.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f record.Finding) bool { return f.ID == id })
}
