package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/history"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/verdict"
)

// Source is a run that was opened to be compared.
type Source struct {
	verdict.Run
	// Path is its directory or file.
	Path string
	// Dir says that Path is the directory of a run, not a file of another program.
	Dir bool
	// Level is the confidence that the run was planned with, 0 where it tells none.
	Level float64
	// Program is what measured; Definitions say in what its definitions differ from
	// this program's, Warnings what the file leaves in doubt.
	Program               string
	Definitions, Warnings []string
}

// Open reads the directory of a run, or a file that another program wrote. What
// was written as SCENARIO=FILE or SCENARIO/ENGINE=FILE gives the one scenario of
// such a file, and its engine, the names that a run of this program has.
func Open(text string) (Source, error) {
	path, place := text, ""
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if before, after, cut := strings.Cut(text, "="); cut {
			place, path = before, after
			info, err = os.Stat(path)
		}
	}
	switch {
	case err != nil:
		return Source{}, fmt.Errorf("open run %q: %w; name the directory of a run, for instance results/latest, or a result file of vllm bench serve or GuideLLM", path, reason(err))
	case !info.IsDir():
		return openFile(path, place)
	case place != "":
		return Source{}, fmt.Errorf("open run %q: it has scenarios and engines of its own; names in front of it are for files of other programs", text)
	}
	return openDir(path)
}

// reason is what the system said, without the path that the message names.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func openDir(path string) (s Source, err error) {
	d, err := report.Open(path)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	l, err := report.Load(d)
	if err != nil {
		return s, err
	}
	s = Source{Path: path, Dir: true, Level: l.Run.Plan.Confidence, Program: history.ProgramSelf}
	s.Run = verdict.Run{Name: nameOf(path), Summary: l.Summary, Values: l.Values}
	return s, nil
}

// nameOf is what a run is called: where results/latest leads to, because that
// is another run by tomorrow.
func nameOf(path string) string {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return filepath.Clean(path)
	}
	return target
}

func openFile(path, place string) (s Source, err error) {
	f, err := os.Open(path) //nolint:gosec // the file that the user named
	if err != nil {
		return s, fmt.Errorf("open run %q: %w", path, reason(err))
	}
	defer f.Close() //nolint:errcheck // opened for reading
	run, err := history.Read(f)
	if err != nil {
		return s, fmt.Errorf("read %q: %w", path, err)
	}
	if scenario, engine, _ := strings.Cut(place, "/"); place != "" {
		if run, err = run.Renamed(scenario, engine); err != nil {
			return s, fmt.Errorf("read %q as %q: %w", path, place, err)
		}
	}
	s = Source{Path: path, Program: run.Program, Definitions: run.Definitions, Warnings: run.Warnings}
	s.Run = verdict.Run{Name: filepath.Clean(path), Summary: run.Summary, Values: run.Values}
	return s, nil
}
