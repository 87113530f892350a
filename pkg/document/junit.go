package document

import (
	"fmt"
	"io"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// JUnit writes the targets of a run as JUnit XML, a test case each: passed where
// the target was met, failed where it was missed, skipped where nobody can say. The
// time of each is that of the run. A run without targets has no case. It fails only
// where w does.
func JUnit(w io.Writer, s record.Summary) error {
	suite := junitSuite{Name: "targets", Properties: properties(s.Simulated, "run_id", s.RunID, "name", s.Name), Timestamp: timestamp(s.StartedAt)}
	for _, t := range s.Targets {
		suite.Cases = append(suite.Cases, targetCase(t))
	}
	took := time.Duration(0)
	if s.FinishedAt != nil {
		took = s.FinishedAt.Sub(s.StartedAt)
	}
	return writeJUnit(w, "llmbench", took, suite)
}

func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}

// properties are pairs of names and values, those with a value.
func properties(simulated bool, pairs ...string) *junitPropertys {
	p := &junitPropertys{All: []junitProperty{{"simulated", fmt.Sprint(simulated)}}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if v := plain(pairs[i+1]); v != "" {
			p.All = append(p.All, junitProperty{pairs[i], v})
		}
	}
	return p
}

func targetCase(t record.TargetResult) junitCase {
	unit := story.MetricUnit(t.Metric)
	limit := story.Limit(t.Limit, unit)
	c := junitCase{
		Class: class("targets", t.Scenario, t.Engine),
		Name:  plain(fmt.Sprintf("%s %s of %s in %s within %s", t.Metric, t.Statistic, t.Engine, t.Scenario, limit)),
	}
	switch {
	case t.Met == nil:
		reason := "cannot say: too few requests"
		if n, known := t.NeedsSamples.Get(); known {
			reason = fmt.Sprintf("cannot say: it takes %s requests", story.Count(n))
		}
		c.Skipped = &junitReason{Message: plain(reason)}
	case !*t.Met:
		message := "the limit is " + limit
		if v, known := t.Actual.Get(); known {
			message = story.Quantity(v, unit) + ", " + message
		}
		c.Failure = &junitReason{Message: plain(message), Type: "target", Text: plain(message)}
	}
	return c
}

// ComparisonJUnit writes the gate of a comparison as JUnit XML, a test case for each
// limit and row: failed where the limit is, skipped where nobody can say. A
// comparison without a gate has no case. It fails only where w does.
func ComparisonJUnit(w io.Writer, c record.Comparison) error {
	suite := junitSuite{Name: "gate", Properties: properties(story.SimulatedRuns(c))}
	for i, r := range c.Runs {
		role := "run"
		if i == 0 {
			role = "baseline"
		}
		suite.Properties.All = append(suite.Properties.All, junitProperty{role, plain(r.Name)})
		suite.Timestamp = timestamp(r.StartedAt)
	}
	if c.Gate != nil {
		for _, check := range c.Gate.Checks {
			suite.Cases = append(suite.Cases, gateCase(c, check))
		}
	}
	return writeJUnit(w, "llmbench", 0, suite)
}

func gateCase(c record.Comparison, check record.GateCheck) junitCase {
	name := check.Limit
	if subject := story.GateSubject(c, check); subject != "" {
		name += " of " + subject
	}
	out := junitCase{Class: class("gate", check.Scenario, check.Engine), Name: plain(name)}
	switch check.Status {
	case record.GateFail:
		out.Failure = &junitReason{Message: plain(check.Reason), Type: "gate", Text: plain(check.Reason)}
	case record.GateCannotSay:
		out.Skipped = &junitReason{Message: plain("cannot say: " + check.Reason)}
	}
	return out
}
