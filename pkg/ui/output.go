package ui

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

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
	data := b.Bytes()
	if output == "yaml" {
		var err error
		if data, err = yaml.JSONToYAML(data); err != nil {
			return fmt.Errorf("encode output: %w", err)
		}
		return write(w, visible(data, func(rune) string { return "\uFFFD" }))
	}
	return write(w, visible(data, func(r rune) string {
		high, low := utf16.EncodeRune(r)
		if high == unicode.ReplacementChar {
			return fmt.Sprintf(`\u%04x`, r)
		}
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}))
}

func write(w io.Writer, data []byte) error {
	_, err := w.Write(data)
	return err
}

// visible replaces what a terminal would act upon and nobody would see. JSON
// leaves the second set of control characters and the marks that turn text
// around as they are; they stand in strings only, where an escape means them.
func visible(data []byte, instead func(rune) string) []byte {
	hidden := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
	if bytes.IndexFunc(data, hidden) < 0 {
		return data
	}
	var b bytes.Buffer
	for _, r := range string(data) {
		if hidden(r) {
			b.WriteString(instead(r))
			continue
		}
		b.WriteRune(r)
	}
	return b.Bytes()
}
