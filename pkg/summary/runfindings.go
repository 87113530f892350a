package summary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// runFindings are those that concern the run as a whole.
func (a *Aggregator) runFindings() []record.Finding {
	var findings []record.Finding
	if f, differ := differentModels(a.run.Environment.Engines); differ {
		findings = append(findings, f)
	}
	strangers := int64(0)
	for at, c := range a.cells {
		if !slices.ContainsFunc(a.run.Plan.Scenarios, func(s record.PlannedScenario) bool { return s.Name == at.scenario }) {
			strangers += c.requests
		}
	}
	if strangers > 0 {
		findings = append(findings, record.Finding{
			ID: "unplanned-samples", Severity: record.SeverityWarn, Subject: "run",
			Message: fmt.Sprintf("%d measured requests belong to no scenario of the plan and are left out", strangers),
			Remedy:  "the run's files do not belong together; measure again",
		})
	}
	return slices.Concat(findings, a.userClocks(), a.accounts(), a.workerFindings())
}

// ollamaTag is what Ollama puts behind a model's name where none was given.
const ollamaTag = ":latest"

func differentModels(engines []record.EngineInfo) (record.Finding, bool) {
	var named []string
	models := map[string]bool{}
	for _, e := range engines {
		if e.Model != "" {
			named = append(named, e.Engine+" "+e.Model)
			models[strings.TrimSuffix(e.Model, ollamaTag)] = true
		}
	}
	return record.Finding{
		ID: "different-models", Severity: record.SeverityWarn, Subject: "run",
		Message: "the engines do not name the same model: " + strings.Join(named, ", "),
		Remedy:  "compare them only if these are one model under several names; else serve the same one, or choose it with --model",
	}, len(models) > 1
}

// viaTunnel is a way in whose arrivals the kernel cannot stamp; that is said of
// the run itself.
const viaTunnel = "port-forward"

// userClocks finds answers whose arrival the kernel did not stamp although the
// system's kernel can.
func (a *Aggregator) userClocks() []record.Finding {
	if a.run.Tool.OS != "linux" {
		return nil
	}
	var findings []record.Finding
	for _, engine := range a.engines() {
		var user, all int64
		for at, c := range a.cells {
			if at.engine == engine {
				user += c.clocks[record.ClockUser]
				all += c.clocks[record.ClockUser] + c.clocks[record.ClockKernel]
			}
		}
		if user > 0 && a.info(engine).Via != viaTunnel {
			findings = append(findings, record.Finding{
				ID: "user-clock", Severity: record.SeverityWarn, Subject: engine,
				Message: fmt.Sprintf("%d of %d answers have no receive stamp of the kernel: their times are late by as much as this program was busy", user, all),
				Remedy:  "measure where the kernel stamps what it receives; sandboxes such as gVisor do not",
			})
		}
	}
	return findings
}
