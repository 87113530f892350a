package history

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// MaxBytes is how long a file may be. A detailed result of 20,000 requests with 500
// tokens each has about half of that.
const MaxBytes = 512 << 20

// Run is what a foreign file holds.
type Run struct {
	// Summary holds the numbers that the file has, under the names of this program,
	// and no others. Its environment, findings and verdict are as good as empty.
	Summary record.Summary
	// Values gives one number of every successful request of an engine in a
	// scenario, in the order in which they were sent: ttft_ms, tpot_ms, e2e_ms,
	// output_tokens or prompt_tokens. It is nil where the file has no single
	// requests.
	Values func(scenario, engine, metric string) []float64
	// Program is what measured: ProgramVLLM, ProgramGuideLLM or ProgramSelf.
	Program string
	// Definitions say in what the program's definitions differ from those of this
	// one. They do not matter between two files of one program.
	Definitions []string
	// Warnings say what the file leaves out, or leaves in doubt.
	Warnings []string
}

// The programs whose files Read reads. ProgramSelf is this one, whose numbers came
// back from a file of WriteVLLM.
const (
	ProgramVLLM     = "vllm bench serve"
	ProgramGuideLLM = "GuideLLM"
	ProgramSelf     = "kubectl llmbench"
)

// Read reads a result file of `vllm bench serve` or of GuideLLM, told apart by
// their keys. It fails on what is no JSON, on JSON that is neither, on a file
// with several results and on one longer than MaxBytes.
func Read(r io.Reader) (Run, error) { return read(r, MaxBytes) }

func read(r io.Reader, most int64) (Run, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return Run{}, err
	}
	if int64(len(data)) > most {
		return Run{}, fmt.Errorf("it is longer than %d MiB: save it without single requests", most>>20)
	}
	data = bytes.TrimSpace(data)
	var keys struct {
		Benchmarks json.RawMessage `json:"benchmarks"`
		Completed  *json.Number    `json:"completed"`
		Duration   json.RawMessage `json:"duration"`
		Version    string          `json:"schema_version"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&keys); err != nil {
		return Run{}, fmt.Errorf("it is no JSON of a result: %w", err)
	}
	if int64(len(data)) > d.InputOffset() {
		return Run{}, errors.New("it holds more than one result, as --append-result writes: cut it into files of one each")
	}
	switch {
	case keys.Benchmarks != nil:
		return readGuideLLM(data)
	case keys.Completed != nil:
		return readVLLM(data)
	case keys.Version != "":
		return Run{}, errors.New("it is a document of this program: name the directory of its run")
	}
	return Run{}, errors.New("it is neither a result of vllm bench serve (--save-result) nor a report of GuideLLM")
}

// Renamed gives the one scenario of a run another name, and its engine; "" keeps
// what it has. It fails where a scenario is to be named and there are several.
func (r Run) Renamed(scenario, engine string) (Run, error) {
	if n := len(r.Summary.Scenarios); scenario != "" && n != 1 {
		return r, fmt.Errorf("it has %d scenarios, each with a name of its own", n)
	}
	type place struct{ scenario, engine string }
	before := map[place]place{}
	scenarios := slices.Clone(r.Summary.Scenarios)
	for i := range scenarios {
		sc := &scenarios[i]
		sc.Engines, sc.Timeline = slices.Clone(sc.Engines), slices.Clone(sc.Timeline)
		old := place{scenario: sc.Name}
		sc.Name = cmp.Or(scenario, sc.Name)
		for k := range sc.Engines {
			row := &sc.Engines[k]
			old.engine = row.Engine
			row.Engine = cmp.Or(engine, row.Engine)
			before[place{sc.Name, row.Engine}] = old
		}
		for k := range sc.Timeline {
			sc.Timeline[k].Engine = cmp.Or(engine, sc.Timeline[k].Engine)
		}
	}
	r.Summary.Scenarios = scenarios
	r.Summary.Environment.Engines = slices.Clone(r.Summary.Environment.Engines)
	for i := range r.Summary.Environment.Engines {
		info := &r.Summary.Environment.Engines[i]
		info.Engine = cmp.Or(engine, info.Engine)
	}
	if values := r.Values; values != nil {
		r.Values = func(scenario, engine, metric string) []float64 {
			old, known := before[place{scenario, engine}]
			if !known {
				return nil
			}
			return values(old.scenario, old.engine, metric)
		}
	}
	return r, nil
}
