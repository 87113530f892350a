package report

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// writers holds each document format and how it is written into a run's directory.
var writers = map[string]func(*Dir, record.Summary) (file string, err error){
	"json": func(d *Dir, s record.Summary) (string, error) { return SummaryJSON, d.writeJSON(SummaryJSON, s) },
	"csv":  writeCSV,
}

// Formats lists the document formats that WriteDocuments knows, in the order
// in which help shows them.
func Formats() []string { return []string{"json", "csv"} }

// CheckFormats refuses a format that nobody writes.
func CheckFormats(formats []string) error {
	for _, f := range formats {
		if writers[f] == nil {
			return fmt.Errorf("document format %q is not one of %s", f, strings.Join(Formats(), ", "))
		}
	}
	return nil
}

// WriteDocuments writes a summary in the given formats and returns the files
// it wrote, relative to the run's directory.
func WriteDocuments(d *Dir, s record.Summary, formats []string) ([]string, error) {
	if err := CheckFormats(formats); err != nil {
		return nil, err
	}
	var files []string
	for _, f := range formats {
		file, err := writers[f](d, s)
		if err != nil {
			return files, err
		}
		files = append(files, file)
	}
	return files, nil
}

func writeCSV(d *Dir, s record.Summary) (string, error) {
	var b bytes.Buffer
	if err := record.WriteSummaryCSV(&b, s); err != nil {
		return "", fmt.Errorf("encode %s: %w", SummaryCSV, err)
	}
	return SummaryCSV, d.writeFile(SummaryCSV, b.Bytes())
}
