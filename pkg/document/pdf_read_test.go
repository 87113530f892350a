package document

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// said is a line of text on a page of a PDF, its place in points from the page's
// bottom left corner.
type said struct {
	page       int
	x, y, size float64
	text       string
}

var (
	stream  = regexp.MustCompile(`(?s)/Length (\d+)>>\nstream\n`)
	operand = regexp.MustCompile(`(?s)BT /F\w+ ([\d.]+) Tf ET|BT ([-\d.]+) ([-\d.]+) Td \(((?:\\.|[^\\)])*)\) Tj`)
	escaped = strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r")
)

// readPDF reads the text of each page as another program would: from the file.
func readPDF(t *testing.T, pdf []byte) []said {
	t.Helper()
	var all []said
	page := 0
	for _, at := range stream.FindAllSubmatchIndex(pdf, -1) {
		length, err := strconv.Atoi(string(pdf[at[2]:at[3]]))
		if err != nil {
			t.Fatal(err)
		}
		r, err := zlib.NewReader(bytes.NewReader(pdf[at[1] : at[1]+length]))
		if err != nil {
			continue // a stream that is not compressed
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(content, []byte(" Tj ET")) {
			continue
		}
		page++
		all = append(all, readPage(t, page, string(content))...)
	}
	return all
}

func readPage(t *testing.T, page int, content string) []said {
	t.Helper()
	var all []said
	size := 0.0
	for _, m := range operand.FindAllStringSubmatch(content, -1) {
		if m[1] != "" {
			size = decimal(t, m[1])
			continue
		}
		raw := escaped.Replace(m[4])
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
		}
		all = append(all, said{page, decimal(t, m[2]), decimal(t, m[3]), size, string(utf16.Decode(units))})
	}
	return all
}

func decimal(t *testing.T, s string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// words joins what is said on all pages, without the white between words, which
// lines may be broken at.
func words(all []said) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(bare(s.text))
	}
	return b.String()
}

func bare(s string) string { return strings.Join(strings.Fields(s), "") }
