package runs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/document"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// comparisonDocument is a form in which a comparison is written, and its file.
type comparisonDocument struct {
	file  string
	write func(io.Writer, record.Comparison) error
}

var comparisonDocuments = map[string]comparisonDocument{
	"json":     {"comparison.json", writeJSON},
	"junit":    {"comparison.xml", document.ComparisonJUnit},
	"markdown": {"comparison.md", document.ComparisonMarkdown},
}

// Formats lists the documents that WriteDocuments writes of a comparison.
func Formats() []string { return []string{"json", "junit", "markdown"} }

// CheckFormats refuses a format that is none of Formats.
func CheckFormats(formats []string) error {
	for _, f := range formats {
		if !slices.Contains(Formats(), f) {
			return fmt.Errorf("document format %q is not one of %s", f, strings.Join(Formats(), ", "))
		}
	}
	return nil
}

func writeJSON(w io.Writer, c record.Comparison) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}

// WriteDocuments writes a comparison in the given formats into a folder, which it
// makes if need be: comparison.json, comparison.xml (JUnit), comparison.md. It
// returns the files. A reader sees an old one or the whole new one.
func WriteDocuments(folder string, c record.Comparison, formats []string) (files []string, err error) {
	if err := CheckFormats(formats); err != nil {
		return nil, err
	}
	if len(formats) == 0 {
		return nil, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of a comparison: %w", err)
	}
	for _, f := range formats {
		d := comparisonDocuments[f]
		var b bytes.Buffer
		if err := d.write(&b, c); err != nil {
			return files, fmt.Errorf("write %s: %w", d.file, err)
		}
		name := filepath.Join(folder, d.file)
		if err := replace(name, b.Bytes()); err != nil {
			return files, fmt.Errorf("write %s: %w", name, err)
		}
		files = append(files, name)
	}
	return files, nil
}

// replace writes a file under a temporary name and renames it.
func replace(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // it may be gone
	}
	return err
}
