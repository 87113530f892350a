package document

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

func printed(t *testing.T, s record.Summary, figures []chart.Figure) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(&b, s, story.Tell(s, figures), figures); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// crowded is a run of twelve engines with names of 60 letters and 100 findings.
func crowded(t *testing.T) record.Summary {
	t.Helper()
	s, _ := sample(t)
	s.Simulated, s.Partial = true, true
	engines, env := s.Scenarios[len(s.Scenarios)-2].Engines, s.Environment.Engines
	for i := range s.Scenarios {
		s.Scenarios[i].Engines = nil
	}
	s.Environment.Engines = nil
	for i := range 12 {
		name := fmt.Sprintf("%-60s", fmt.Sprintf("engine-%02d-in-namespace-team_%d/", i, i))
		name = strings.ReplaceAll(name, " ", "x")
		e := env[i%len(env)]
		e.Engine = name
		s.Environment.Engines = append(s.Environment.Engines, e)
		for j := range s.Scenarios {
			r := engines[i%len(engines)]
			r.Engine = name
			s.Scenarios[j].Engines = append(s.Scenarios[j].Engines, r)
		}
		for _, target := range s.Targets[:min(len(s.Targets), 4)] {
			target.Engine = name
			s.Targets = append(s.Targets, target)
		}
	}
	for i := range 100 {
		s.Findings = append(s.Findings, record.Finding{ID: fmt.Sprintf("finding-%d", i), Severity: record.SeverityWarn, Subject: strings.Repeat("pod/x-", 10),
			Message: strings.Repeat("something is not as it should be ", 1+i%4), Remedy: strings.Repeat("mend it ", 1+i%9)})
	}
	s.Findings[7].Message = strings.Repeat("a very long message ", 2000)
	return s
}

func TestLook(t *testing.T) {
	s, figures := sample(t)
	b := printed(t, s, figures)
	_ = os.WriteFile("/tmp/pdf-look/report.pdf", b, 0o600)
	s = crowded(t)
	_ = os.WriteFile("/tmp/pdf-look/crowded.pdf", printed(t, s, chart.Figures(s, nil)), 0o600)
	_ = os.WriteFile("/tmp/pdf-look/empty.pdf", printed(t, record.Summary{}, nil), 0o600)
}
