package report

import (
	"errors"
	"os"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// textBacklog is how many texts may wait for a slow disk before a caller does. A
// text may be a thousand times as long as a sample, so they are fewer.
const textBacklog = 64

// NewTextRecorder is NewRecorder for a run that keeps prompts and answers too: it
// is a bench.TextSink.
func NewTextRecorder(d *Dir, sum *summary.Aggregator, failed func(error)) (*Recorder, error) {
	files, err := openRaw(d)
	if err != nil {
		return nil, err
	}
	if files.texts, err = d.AppendFile(TextsFile); err != nil {
		return nil, errors.Join(err, files.each((*os.File).Close))
	}
	return startRecorder(files, sum, failed, d.present, nil), nil
}

// Text keeps what was said in a request, where the recorder was made for that.
func (r *Recorder) Text(t record.Text) {
	if r.files.texts == nil {
		return
	}
	r.texts <- struct{}{}
	r.in <- t
}
