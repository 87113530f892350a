package report

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// The files of a run, relative to its directory; docs/results.md describes them.
const (
	RunFile     = "raw/run.json"
	SamplesFile = "raw/samples.jsonl"
	BlocksFile  = "raw/blocks.jsonl"
	ServerFile  = "raw/server.jsonl"
	// TextsFile is there only where a run was asked to keep texts.
	TextsFile   = "raw/texts.jsonl"
	SummaryJSON = "processed/summary.json"
	SummaryCSV  = "processed/summary.csv"
	ReportHTML  = "reports/report.html"
	ReportPDF   = "reports/report.pdf"
	ReportJUnit = "reports/junit.xml"
	// ReportMarkdown fits a comment on a pull request.
	ReportMarkdown = "reports/report.md"
	LogFile        = "logs/llmbench.log"
	// ChartsFolder holds the pictures.
	ChartsFolder = "charts"
	latestLink   = "latest"
)

// Prompts and answers can be read from a run's files, so nobody but their
// owner may.
const (
	dirMode  fs.FileMode = 0o700
	fileMode fs.FileMode = 0o600
)

// Dir is one run's directory. No path inside it leads out of it.
type Dir struct {
	path string
	root *os.Root
}

// Path is where the directory stands, as it was asked for.
func (d *Dir) Path() string { return d.path }

// Close lets go of the directory.
func (d *Dir) Close() error { return d.root.Close() }

// Create makes base/<UTC time>-<name>, a directory that no other run has, and
// points base/latest at it.
func Create(base, name string, now time.Time) (*Dir, error) {
	if err := os.MkdirAll(base, dirMode); err != nil {
		return nil, fmt.Errorf("make results directory %q: %w (choose another with --output-dir)", base, err)
	}
	path, err := makeUnique(filepath.Join(base, now.UTC().Format("20060102T150405Z")+"-"+slug(name)))
	if err != nil {
		return nil, err
	}
	d, err := open(path)
	if err != nil {
		return nil, err
	}
	for _, sub := range []string{"raw", "processed", "reports", "charts", "logs"} {
		if err := d.root.Mkdir(sub, dirMode); err != nil {
			return nil, errors.Join(fmt.Errorf("make %s in %q: %w", sub, path, err), d.Close())
		}
	}
	pointLatest(base, filepath.Base(path))
	return d, nil
}

// makeUnique makes the directory, with -2, -3 … behind its name where another
// run began in the same second.
func makeUnique(path string) (string, error) {
	for n := 1; n < 1000; n++ {
		candidate := path
		if n > 1 {
			candidate = fmt.Sprintf("%s-%d", path, n)
		}
		err := os.Mkdir(candidate, dirMode)
		if err == nil || !errors.Is(err, fs.ErrExist) {
			if err != nil {
				err = fmt.Errorf("make run directory: %w (choose another place with --output-dir)", err)
			}
			return candidate, err
		}
	}
	return "", fmt.Errorf("make run directory %q: a thousand runs have that name", path)
}

// pointLatest moves the link to the newest run. Where links are not to be had
// the run is found by its name all the same, so failing is no error.
func pointLatest(base, name string) {
	link := filepath.Join(base, latestLink)
	tmp := link + "." + name
	if os.Symlink(name, tmp) != nil {
		return
	}
	if os.Rename(tmp, link) != nil {
		_ = os.Remove(tmp)
	}
}

func open(path string) (*Dir, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open run directory %q: %w", path, reason(err))
	}
	return &Dir{path: path, root: root}, nil
}

// Open opens the directory of a run that was made before.
func Open(path string) (*Dir, error) {
	d, err := open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w; name the directory of a run, for instance results/latest", err)
	}
	if err != nil {
		return nil, err
	}
	if _, err := d.root.Stat(RunFile); err != nil {
		err = fmt.Errorf("%q is no run directory: %s: %w; name one, for instance results/latest", path, RunFile, reason(err))
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// reason is what the system said, without the path that the message names.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// writeFile writes a document under a temporary name that no one else has,
// forces it to the disk and renames it, so that a reader sees the old one or
// the whole new one, also after the power failed and where two programs write.
func (d *Dir) writeFile(name string, data []byte) error {
	tmp := name + "." + rand.Text()[:8] + ".tmp"
	err := d.root.MkdirAll(path.Dir(name), dirMode)
	if err == nil {
		err = d.writeTemporary(tmp, data)
	}
	if err == nil {
		err = d.root.Rename(tmp, name)
	}
	if err != nil {
		_ = d.root.Remove(tmp) // there may be none
		return fmt.Errorf("write %s in %q: %w", name, d.path, err)
	}
	d.syncFolder(path.Dir(name))
	return nil
}

func (d *Dir) writeTemporary(name string, data []byte) error {
	f, err := d.root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFolder forces a new name to the disk. Not every system can, and the
// document is whole without it.
func (d *Dir) syncFolder(name string) {
	f, err := d.root.Open(name)
	if err != nil {
		return
	}
	_ = f.Sync()
	_ = f.Close()
}

// WriteRun saves raw/run.json: once when a run begins, again when it ends.
func (d *Dir) WriteRun(run record.Run) error {
	return d.render(RunFile, func(w io.Writer) error { return record.WriteJSON(w, run) })
}

// AppendFile opens a file of the run for appending.
func (d *Dir) AppendFile(name string) (*os.File, error) {
	f, err := d.root.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, fileMode)
	if err != nil {
		return nil, fmt.Errorf("open %s in %q: %w", name, d.path, err)
	}
	return f, nil
}

// slug makes a name fit for a directory on every system.
func slug(name string) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + ('a' - 'A')
		}
		return '-'
	}, name)
	for strings.Contains(safe, "--") {
		safe = strings.ReplaceAll(safe, "--", "-")
	}
	safe = strings.Trim(safe, "-")
	if len(safe) > 60 {
		safe = strings.Trim(safe[:60], "-")
	}
	if safe == "" {
		return "run"
	}
	return safe
}
