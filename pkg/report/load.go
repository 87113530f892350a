package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// Loaded is a run that was read back from its directory.
type Loaded struct {
	// Run is raw/run.json: the plan, the environment and the effective
	// configuration.
	Run record.Run
	// Summary is what pkg/summary makes of the same run, samples, blocks and
	// readings of metrics while they are measured.
	Summary record.Summary
	// Values gives one number of every measured, successful request of an engine
	// in a scenario, as summary.Aggregator.Values does.
	Values func(scenario, engine, metric string) []float64
}

// Load sums up a run from its directory alone, as LoadAll does, and forgets its
// single requests.
func Load(d *Dir) (record.Summary, error) {
	l, err := LoadAll(d)
	return l.Summary, err
}

// LoadAll reads a run from its directory alone, and of a run that was killed
// what there is of it. A file that ends in a torn line makes the summary partial.
// It refuses a run of another schema version and, with its number, a line inside
// a file that cannot be read.
func LoadAll(d *Dir) (Loaded, error) {
	run, err := d.readRun()
	if err != nil {
		return Loaded{}, err
	}
	sum, torn := summary.New(run), 0
	err = d.read(SamplesFile, func(r io.Reader) error {
		n, err := record.ReadSamples(r, sum.Add)
		torn += n
		return err
	})
	if err != nil {
		return Loaded{}, err
	}
	err = d.read(BlocksFile, func(r io.Reader) error {
		blocks, n, err := record.ReadBlocks(r)
		for _, b := range blocks {
			sum.AddBlock(b)
		}
		torn += n
		return err
	})
	if err != nil {
		return Loaded{}, err
	}
	err = d.read(ServerFile, func(r io.Reader) error {
		n, err := record.ReadServer(r, sum.AddServer)
		torn += n
		return err
	})
	if err != nil {
		return Loaded{}, err
	}
	s := sum.Summary()
	s.Partial = s.Partial || torn > 0
	return Loaded{Run: run, Summary: s, Values: sum.Values}, nil
}

// readRun reads raw/run.json. The version is read first and alone, because
// nothing else of a document of another version need make sense.
func (d *Dir) readRun() (run record.Run, err error) {
	var data []byte
	err = d.read(RunFile, func(r io.Reader) (err error) {
		data, err = io.ReadAll(r)
		return err
	})
	if err != nil {
		return run, err
	}
	var header struct {
		SchemaVersion string `json:"schema_version"`
	}
	if err := json.Unmarshal(data, &header); err != nil {
		return run, fmt.Errorf("%s in %q: %w", RunFile, d.path, err)
	}
	if header.SchemaVersion != record.SchemaVersion {
		return run, fmt.Errorf("%s in %q has schema_version %q and this program reads %q: use the kubectl llmbench that wrote it",
			RunFile, d.path, header.SchemaVersion, record.SchemaVersion)
	}
	if err := json.Unmarshal(data, &run); err != nil {
		return run, fmt.Errorf("%s in %q: %w", RunFile, d.path, err)
	}
	return run, nil
}

// read reads a file of the run; one that was never begun holds nothing. What
// is no plain file is refused, because reading it might never end.
func (d *Dir) read(name string, from func(io.Reader) error) error {
	info, err := d.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no plain file")
	}
	var f *os.File
	if err == nil {
		f, err = d.root.Open(name)
	}
	if err != nil {
		return fmt.Errorf("read %s in %q: %w", name, d.path, err)
	}
	defer f.Close() //nolint:errcheck // opened for reading
	if err := from(f); err != nil {
		return fmt.Errorf("%s in %q: %w", name, d.path, err)
	}
	return nil
}
