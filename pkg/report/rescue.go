package report

import (
	"errors"
	"fmt"
	"os"
)

// Rescue writes the documents of a run into a new directory of the system's
// temporary ones, for a run whose own directory takes them no more. It returns
// where. Only what was summed up in memory is there: single requests that the
// disk refused are lost, so there is no raw/run.json from which `report` would
// redraw a run without requests.
func Rescue(r Result, what Documents) (path string, err error) {
	path, err = os.MkdirTemp("", "kubectl-llmbench-")
	if err != nil {
		return "", fmt.Errorf("make a directory to rescue the results to: %w", err)
	}
	d, err := open(path)
	if err != nil {
		return "", err
	}
	files, err := WriteDocuments(d, r, what)
	if err = errors.Join(err, d.Close()); err != nil && len(files) == 0 {
		return "", errors.Join(err, os.RemoveAll(path))
	}
	return path, err
}
