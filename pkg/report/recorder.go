package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// syncInterval is how often samples are forced to the disk: what a power cut
// can cost. Each record is written as it comes, without a buffer of our own,
// which costs some 4 us (BenchmarkRecorder). So a killed process loses only
// what still waits behind a sync under way.
const syncInterval = time.Second

// backlog is how many records may wait for a slow disk before a caller does:
// those of some ten seconds at a rate no engine has reached.
const backlog = 1 << 14

// Recorder appends samples, blocks and readings of engines' metrics to a run
// directory and sums them up in memory. It is a bench.Sink: callers hand records
// over and go on, one goroutine writes. When the disk fails, summing up goes on
// and Close says so.
type Recorder struct {
	in     chan any
	texts  chan struct{} // a place for each text that waits
	done   chan struct{}
	files  rawFiles
	sum    *summary.Aggregator
	failed func(error)
	// present says whether the files still have their names, nil for always.
	present func() error
	seen    map[any]bool
	err     error
}

// rawFiles are the files that grow while a run goes on.
type rawFiles struct {
	samples, blocks, server *os.File
	texts                   *os.File // nil where texts are not kept
}

// openRaw opens them to be added to by nobody else.
func openRaw(d *Dir) (f rawFiles, err error) {
	for name, into := range map[string]**os.File{SamplesFile: &f.samples, BlocksFile: &f.blocks, ServerFile: &f.server} {
		if *into, err = d.AppendFile(name); err != nil {
			return f, errors.Join(err, f.each((*os.File).Close))
		}
	}
	if err := lock(f.samples); err != nil {
		return f, errors.Join(fmt.Errorf("record into %q: %w", d.path, err), f.each((*os.File).Close))
	}
	return f, nil
}

// each does something to every file that is open.
func (f rawFiles) each(do func(*os.File) error) error {
	var all []error
	for _, file := range []*os.File{f.samples, f.blocks, f.server, f.texts} {
		if file != nil {
			all = append(all, do(file))
		}
	}
	return errors.Join(all...)
}

// NewRecorder starts recording into d. failed is called once, from the
// recorder's goroutine, when the disk first refuses a record; it may be nil.
func NewRecorder(d *Dir, sum *summary.Aggregator, failed func(error)) (*Recorder, error) {
	files, err := openRaw(d)
	if err != nil {
		return nil, err
	}
	return startRecorder(files, sum, failed, d.present, nil), nil
}

// present says whether the run's directory is still there: what is written to
// files that were removed is lost, and no write says so.
func (d *Dir) present() error {
	if _, err := d.root.Stat(SamplesFile); err != nil {
		return fmt.Errorf("%s in %q is gone: %w", SamplesFile, d.path, reason(err))
	}
	return nil
}

// startRecorder records into open files, which Close closes. Records whose
// identity is in seen are passed over.
func startRecorder(files rawFiles, sum *summary.Aggregator, failed func(error), present func() error, seen map[any]bool) *Recorder {
	if failed == nil {
		failed = func(error) {}
	}
	r := &Recorder{in: make(chan any, backlog), texts: make(chan struct{}, textBacklog), done: make(chan struct{}), files: files, sum: sum, failed: failed, present: present, seen: seen}
	go r.write()
	return r
}

// Sample keeps one finished request.
func (r *Recorder) Sample(s record.Sample) { r.in <- s }

// Block keeps the state of a block; a later state of the same block replaces it.
func (r *Recorder) Block(b record.Block) { r.in <- b }

// Server keeps one reading of an engine's metrics.
func (r *Recorder) Server(s record.ServerSample) { r.in <- s }

// Close writes what is still waiting, forces it to the disk and reports the
// first error the disk gave. No record may be handed over afterwards.
func (r *Recorder) Close() error {
	close(r.in)
	<-r.done
	r.note("close the run's files", r.files.each((*os.File).Close))
	return r.err
}

func (r *Recorder) write() {
	defer close(r.done)
	tick := time.NewTicker(syncInterval)
	defer tick.Stop()
	for {
		select {
		case v, more := <-r.in:
			if !more {
				r.sync()
				return
			}
			r.keep(v)
		case <-tick.C:
			r.sync()
		}
	}
}

func (r *Recorder) keep(v any) {
	if r.seen != nil {
		if id := identity(v); id != nil && r.seen[id] {
			return
		}
	}
	switch v := v.(type) {
	case record.Sample:
		r.sum.Add(v)
		r.append(r.files.samples, v)
	case record.Block:
		r.sum.AddBlock(v)
		r.append(r.files.blocks, v)
	case record.ServerSample:
		r.sum.AddServer(v)
		r.append(r.files.server, v)
	case record.Text:
		r.append(r.files.texts, v)
		<-r.texts
	}
}

// append writes one line. After the first failure the disk is left alone, so
// that a file never holds a line that begins in the middle of another.
func (r *Recorder) append(w io.Writer, v any) {
	if r.err == nil {
		r.note("append a record", record.AppendLine(w, v))
	}
}

func (r *Recorder) sync() {
	if r.err == nil {
		r.note("sync the run's files", r.files.each((*os.File).Sync))
	}
	if r.err == nil && r.present != nil {
		r.note("look for the run's files", r.present())
	}
}

func (r *Recorder) note(what string, err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s: %w; the results in memory are kept", what, err)
		r.failed(r.err)
	}
}
