package cluster

import (
	"context"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/infra"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Validate looks at the ground that the found engines stand on. The error is
// that of an API server which cannot be used.
func (f *Found) Validate(ctx context.Context, now time.Time, enginesOnly bool) ([]record.Check, error) {
	survey, err := f.Cluster.Survey(ctx, f.Namespace, f.Inventory)
	if err != nil {
		return nil, err
	}
	ground := infra.Ground{Survey: survey, Now: now, Probes: map[string]engine.Identity{}, Certificates: certificates(ctx, f.Engines), Worker: fleet.WorkerLabels()}
	for _, e := range f.Engines {
		ground.Engines = append(ground.Engines, infra.Engine{DiscoveredEngine: e.DiscoveredEngine, Pods: e.Pods, Services: e.Services})
		if e.Identity.Kind != "" {
			ground.Probes[e.Engine] = e.Identity
		}
	}
	return infra.Validate(ground, infra.Options{EnginesOnly: enginesOnly}), nil
}

// Findings are the checks that a reader of a run must know of.
func Findings(checks []record.Check) (findings []record.Finding) {
	severities := map[record.CheckStatus]record.Severity{record.CheckWarn: record.SeverityWarn, record.CheckFail: record.SeverityError}
	for _, c := range checks {
		if severity, told := severities[c.Status]; told {
			findings = append(findings, record.Finding{ID: c.ID, Severity: severity, Subject: c.Subject, Message: c.Message, Remedy: c.Remedy})
		}
	}
	return findings
}
