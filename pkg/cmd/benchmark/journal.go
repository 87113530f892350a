package benchmark

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// journal is everything that is kept of a run while it goes on.
type journal struct {
	dir      *report.Dir
	recorder *report.Recorder
	sum      *summary.Aggregator
	progress ui.Progress
	live     *bench.Live
	skip     chan string
	verbose  bool
	logFile  *os.File
	log      *slog.Logger
	// undivert gives the libraries' own log back to standard error.
	undivert func()

	mu  sync.Mutex
	run record.Run
	// brokenDisk is what the disk said when it first refused a record.
	brokenDisk error
}

func (o *Options) openJournal(ctx context.Context) (*journal, error) {
	now := o.System.Now()
	run, err := o.newRun(now)
	if err != nil {
		return nil, err
	}
	dir, err := report.Create(o.config.Config.Output.Directory, run.Name, now)
	if err != nil {
		return nil, err
	}
	j := &journal{dir: dir, run: run, verbose: o.Verbose, sum: summary.New(run), live: &bench.Live{}, skip: make(chan string)}
	if o.Simulate {
		_, _ = fmt.Fprintln(o.Streams.Err, ui.SimulatedMark) // it also heads the tables
	}
	j.progress = o.openProgress(ctx, run, j.live, j.skip)
	if err := j.open(); err != nil {
		j.progress.Close(false)
		return nil, errors.Join(err, dir.Close())
	}
	return j, nil
}

func (o *Options) newRun(now time.Time) (record.Run, error) {
	plan := o.plan()
	effective, err := o.config.Config.YAML()
	if err != nil {
		return record.Run{}, err
	}
	b := o.config.Config.Benchmark
	return record.Run{
		SchemaVersion: record.SchemaVersion, RunID: newRunID(now, rand.Uint32()), //nolint:gosec // it only tells runs apart
		Name: b.Name, Description: b.Description,
		StartedAt: now, Simulated: o.Simulate, Plan: plan, Config: string(effective),
		Environment: o.environment(plan.Engines),
		Tool: record.Tool{
			Version: o.Build.Version, Commit: o.Build.Commit, Go: runtime.Version(),
			OS: runtime.GOOS, Arch: runtime.GOARCH, Clock: wire.BestClock,
		},
	}, nil
}

// open begins the run's files.
func (j *journal) open() (err error) {
	if err := j.dir.WriteRun(j.run); err != nil {
		return err
	}
	if j.logFile, err = j.dir.AppendFile(report.LogFile); err != nil {
		return err
	}
	j.log = slog.New(slog.NewJSONHandler(record.EscapingWriter{To: j.logFile}, nil)).With("run_id", j.run.RunID)
	j.recorder, err = j.newRecorder()(j.dir, j.sum, j.diskFailed)
	if err != nil {
		return errors.Join(err, j.logFile.Close())
	}
	j.log.Info("run begins", "name", j.run.Name, "seed", j.run.Plan.Seed, "version", j.run.Tool.Version)
	j.undivert = cli.DivertLog(j.library)
	return nil
}

// library keeps a line of the Kubernetes libraries with the run, and shows it.
func (j *journal) library(l cli.LogLine) {
	j.log.Log(context.Background(), l.Level, l.Message, "library", l.Source)
	j.progress.Log("%s", ui.Printable(l.Whole))
}

func (j *journal) diskFailed(err error) {
	j.mu.Lock()
	j.brokenDisk = err
	j.mu.Unlock()
	j.progress.Log("warning: %v", err)
}

// find keeps a finding of the run.
func (j *journal) find(f record.Finding) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.run.Findings = append(j.run.Findings, f)
	j.log.Warn(f.Message, "finding", f.ID, "severity", f.Severity, "engine", f.Subject, "remedy", f.Remedy)
}

// know takes over what preflight learned of the engines, and saves it.
func (j *journal) know(targets []*bench.Target) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var infos []record.EngineInfo
	for _, t := range targets {
		infos = append(infos, t.Info)
	}
	j.run.Plan.Engines, j.run.Environment.Engines = infos, infos
	if err := j.dir.WriteRun(j.run); err != nil {
		j.log.Error("save the run", "error", err.Error())
	}
}

// notify takes the run's events, from many goroutines.
func (j *journal) notify(e bench.Event) {
	j.progress.Notify(e)
	switch {
	case e.Kind == bench.EventScenario:
		j.log.Info("scenario begins", "scenario", e.Scenario)
	case e.Kind == bench.EventFinding && e.Finding != nil:
		j.find(*e.Finding)
		j.progress.Log("warning: %s: %s", ui.Printable(e.Finding.Subject), ui.Printable(e.Finding.Message))
	case e.Kind == bench.EventStep && e.Step != nil:
		text := ui.StepText(*e.Step)
		j.log.Info("capacity step", "engine", e.Engine, "rate_per_s", e.Step.OfferedPerS, "verdict", e.Step.Verdict, "reason", e.Step.Reason)
		j.progress.Log("%s: %s", ui.Printable(e.Engine), ui.Printable(text))
	case e.Sample != nil && e.Sample.Status != record.StatusOK:
		j.failed(e.Sample)
	}
}

func (j *journal) failed(s *record.Sample) {
	message := ""
	if s.Error != nil {
		message = s.Error.Message
	}
	j.log.Warn("request failed", "request_id", s.RequestID, "engine", s.Engine, "scenario", s.Scenario, "status", s.Status, "attempt", s.Attempt, "error", message)
	if j.verbose {
		j.progress.Log("%s: %s: %s", ui.Printable(s.Engine), s.Status, ui.Printable(message))
	}
}

// finish closes the run's files and sums it up.
func (j *journal) finish(now time.Time, interrupted, whole bool) report.Result {
	j.undivert()
	j.progress.Close(whole)
	kept := j.recorder.Close()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.run.Interrupted = interrupted
	if !interrupted {
		j.run.FinishedAt = &now
	}
	j.log.Info("run ends", "interrupted", interrupted)
	saved := j.dir.WriteRun(j.run)
	if kept == nil {
		kept = j.brokenDisk
	}
	result := report.Conclude(j.sum, j.run)
	if err := errors.Join(kept, saved, j.logFile.Close()); err != nil {
		result.Summary.Findings = append(result.Summary.Findings, record.Finding{
			ID: "disk", Severity: record.SeverityError, Subject: j.dir.Path(),
			Message: "not everything could be written: " + err.Error(),
			Remedy:  "keep this output (-o json), free the disk and choose another place with --output-dir",
		})
	}
	return result
}

// documents writes the run's documents.
func (o *Options) documents(j *journal, result report.Result) error {
	out := o.config.Config.Output
	_, err := report.WriteDocuments(j.dir, result, report.Documents{Formats: out.Formats, Charts: out.Charts, Figures: out.Figures})
	return errors.Join(o.rescue(j, result, err), j.dir.Close())
}

func joined(names []string) string { return strings.Join(names, ", ") }
