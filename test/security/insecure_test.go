package security

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// TestEveryReportSaysThatNobodyVerifiedTLS looks for the mark in each document
// and in the tables.
func TestEveryReportSaysThatNobodyVerifiedTLS(t *testing.T) {
	engines := []record.EngineInfo{{Engine: "vllm", Kind: "vllm", Endpoint: "https://vllm.example.com", Via: "manual", InsecureTLS: true}}
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	run := record.Run{
		SchemaVersion: record.SchemaVersion, RunID: "run", Name: "insecure", StartedAt: now, FinishedAt: &now,
		Environment: record.Environment{Engines: engines}, Plan: record.Plan{Engines: engines, Confidence: 0.95},
		Findings: []record.Finding{{ID: "insecure-tls", Severity: record.SeverityWarn, Subject: "vllm", Message: "its certificate was not verified"}},
	}
	d, err := report.Create(t.TempDir(), "insecure", now)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	result := report.Conclude(summary.New(run), run)
	files, err := report.WriteDocuments(d, result, report.Documents{Formats: []string{"json", "html", "markdown", "junit"}})
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(d.Path(), filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(data)
	}
	for _, output := range []string{"table", "wide", "json", "yaml"} {
		var b strings.Builder
		if err := ui.Write(&b, result.Summary, output, false); err != nil {
			t.Fatal(err)
		}
		texts["-o "+output] = b.String()
	}
	for where, text := range texts {
		plain := strings.ToLower(text)
		if !strings.Contains(plain, "not verified") && !strings.Contains(plain, "insecure_tls") {
			t.Errorf("%s does not say that the certificate was not verified", where)
		}
	}
}
