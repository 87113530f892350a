package ui

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Outputs lists what -o takes for a summary.
func Outputs() []string { return []string{"table", "wide", "json", "yaml"} }

// CheckOutput refuses a form of output that is none of known, [Outputs] where
// none are given.
func CheckOutput(output string, known ...string) error {
	if len(known) == 0 {
		known = Outputs()
	}
	if !slices.Contains(known, output) {
		return fmt.Errorf("output format %q is not one of %s", output, strings.Join(known, ", "))
	}
	return nil
}

// Write writes a summary to standard output in one of [Outputs]; only tables
// are ever coloured.
func Write(w io.Writer, s record.Summary, output string, colour Colour) error {
	switch output {
	case "json", "yaml":
		return WriteDocument(w, s, output)
	case "wide":
		return WriteSummary(w, s, Wide, colour)
	}
	return WriteSummary(w, s, Narrow, colour)
}

// WriteDocument writes a value of package record as JSON or YAML, with the
// same keys in both.
func WriteDocument(w io.Writer, v any, output string) error {
	var b bytes.Buffer
	if err := record.WriteJSON(&b, v); err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	if output != "yaml" {
		return write(w, b.Bytes())
	}
	data, err := yaml.JSONToYAML(b.Bytes())
	if err != nil {
		return fmt.Errorf("encode output: %w", err)
	}
	return write(w, visible(data))
}

func write(w io.Writer, data []byte) error {
	_, err := w.Write(data)
	return err
}

// visible replaces what a terminal would act upon and nobody would see. In JSON
// that is escaped, but YAML's encoder writes some of it as it is.
func visible(data []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, data)
}
