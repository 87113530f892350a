package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// Run reads what the directory says of its run.
func (d *Dir) Run() (record.Run, error) { return d.readRun() }

// Find looks for the run with an ID among the directories of a results
// directory, the newest first; "" where it has none.
func Find(base, runID string) string {
	entries, err := os.ReadDir(base)
	if err != nil {
		return ""
	}
	slices.Reverse(entries) // their names begin with the time
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		path := filepath.Join(base, e.Name())
		d, err := open(path)
		if err != nil {
			continue
		}
		run, err := d.readRun()
		_ = d.Close()
		if err == nil && run.RunID == runID {
			return path
		}
	}
	return ""
}

// Resume goes on recording into the directory of a run that another program left:
// what is there is summed up, a torn line at the end of a file is cut off, and of
// what comes, samples and readings that are there already are passed over.
func Resume(d *Dir, sum *summary.Aggregator, failed func(error)) (*Recorder, error) {
	files, err := openRaw(d) // locked, so that what is read here is all there is
	if err != nil {
		return nil, err
	}
	seen, err := d.takeUp(sum)
	if err != nil {
		return nil, errors.Join(err, files.each((*os.File).Close))
	}
	return startRecorder(files, sum, failed, d.present, seen), nil
}

// takeUp sums up the records of a directory, cuts torn ones off and returns the
// identities of those that stay.
func (d *Dir) takeUp(sum *summary.Aggregator) (map[any]bool, error) {
	seen := map[any]bool{}
	for name, into := range map[string]func(io.Reader) (int, error){
		SamplesFile: func(r io.Reader) (int, error) {
			return record.ReadSamples(r, func(s record.Sample) { seen[identity(s)] = true; sum.Add(s) })
		},
		BlocksFile: func(r io.Reader) (int, error) {
			blocks, n, err := record.ReadBlocks(r)
			for _, b := range blocks {
				sum.AddBlock(b)
			}
			return n, err
		},
		ServerFile: func(r io.Reader) (int, error) {
			return record.ReadServer(r, func(s record.ServerSample) { seen[identity(s)] = true; sum.AddServer(s) })
		},
	} {
		torn := 0
		if err := d.read(name, func(r io.Reader) (err error) { torn, err = into(r); return err }); err != nil {
			return nil, err
		}
		if err := d.cut(name, torn); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// identity tells a record from others of its kind.
func identity(v any) any {
	switch v := v.(type) {
	case record.Sample:
		return v.RequestID
	case record.ServerSample:
		return [3]any{v.Engine, v.Block, v.TMS}
	}
	return nil
}

// cut takes bytes off the end of a file.
func (d *Dir) cut(name string, torn int) (err error) {
	if torn == 0 {
		return nil
	}
	f, err := d.root.OpenFile(name, os.O_RDWR, fileMode)
	if err != nil {
		return fmt.Errorf("mend %s in %q: %w", name, d.path, err)
	}
	info, err := f.Stat()
	if err == nil {
		err = f.Truncate(info.Size() - int64(torn))
	}
	return errors.Join(err, f.Close())
}
