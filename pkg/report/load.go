package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// ReadRun reads raw/run.json.
func (d *Dir) ReadRun() (record.Run, error) {
	var run record.Run
	data, err := d.root.ReadFile(RunFile)
	if err != nil {
		return run, fmt.Errorf("read run in %q: %w", d.path, err)
	}
	if err := json.Unmarshal(data, &run); err != nil {
		return run, fmt.Errorf("%s in %q: %w", RunFile, d.path, err)
	}
	if run.SchemaVersion != record.SchemaVersion {
		return run, fmt.Errorf("%s in %q has schema_version %q, this program reads %q", RunFile, d.path, run.SchemaVersion, record.SchemaVersion)
	}
	return run, nil
}

// Load sums up a run from its directory alone.
func Load(d *Dir) (record.Run, record.Summary, error) {
	run, err := d.ReadRun()
	if err != nil {
		return run, record.Summary{}, err
	}
	sum := summary.New(run)
	err = d.each(SamplesFile, func(r io.Reader) error {
		_, err := record.ReadSamples(r, sum.Add)
		return err
	})
	if err != nil {
		return run, record.Summary{}, err
	}
	err = d.each(BlocksFile, func(r io.Reader) error {
		blocks, _, err := record.ReadBlocks(r)
		for _, b := range blocks {
			sum.AddBlock(b)
		}
		return err
	})
	return run, sum.Summary(), err
}

// each reads a file of the run; one that was never begun holds nothing.
func (d *Dir) each(name string, read func(io.Reader) error) error {
	f, err := d.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open %s in %q: %w", name, d.path, err)
	}
	defer f.Close() //nolint:errcheck // opened for reading
	if err := read(f); err != nil {
		return fmt.Errorf("%s in %q: %w", name, d.path, err)
	}
	return nil
}
