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

// Load sums up a run from its directory alone, and judges it: what Conclude made
// of the same run, samples, blocks and readings of metrics when it ended, and for
// a run that was killed what there is of them. A file that ends in a torn line
// makes the summary partial. Load refuses a run of another schema version and,
// with its number, a line inside a file that cannot be read.
func Load(d *Dir) (Result, error) {
	run, err := d.readRun()
	if err != nil {
		return Result{}, err
	}
	sum, torn := summary.New(run), 0
	for name, into := range map[string]func(io.Reader) (int, error){
		SamplesFile: func(r io.Reader) (int, error) { return record.ReadSamples(r, sum.Add) },
		BlocksFile: func(r io.Reader) (int, error) {
			blocks, n, err := record.ReadBlocks(r)
			for _, b := range blocks {
				sum.AddBlock(b)
			}
			return n, err
		},
		ServerFile: func(r io.Reader) (int, error) { return record.ReadServer(r, sum.AddServer) },
	} {
		if err := d.read(name, func(r io.Reader) error {
			n, err := into(r)
			torn += n
			return err
		}); err != nil {
			return Result{}, err
		}
	}
	result := Conclude(sum, run)
	result.Summary.Partial = result.Summary.Partial || torn > 0
	return result, nil
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
