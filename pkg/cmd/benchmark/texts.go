package benchmark

import (
	"path/filepath"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// newRecorder is how the run's recorder is made.
func (j *journal) newRecorder() func(*report.Dir, *summary.Aggregator, func(error)) (*report.Recorder, error) {
	if j.run.Plan.RecordText {
		return report.NewTextRecorder
	}
	return report.NewRecorder
}

// texts is where prompts and answers go, nil where they are not kept. That they
// are is said at once and stays with the run: a setting in a file may be one that
// somebody else has made.
func (j *journal) texts() bench.TextSink {
	if !j.run.Plan.RecordText {
		return nil
	}
	j.find(record.Finding{
		ID: "texts-recorded", Severity: record.SeverityWarn, Subject: "run",
		Message: "prompts and answers are kept, in " + report.TextsFile + " of the run's folder; reading them costs this program time after each answer",
		Remedy:  "look through that file, or delete it, before the folder is handed on; leave --record-text (output.record_text) out where figures matter most",
	})
	j.progress.Log("warning: prompts and answers are kept, in %s", filepath.Join(j.dir.Path(), report.TextsFile))
	return j.recorder
}
