package record

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// csvColumns are the columns of processed/summary.csv.
var csvColumns = []string{
	"run_id", "scenario", "engine", "metric", "unit", "n", "mean",
	"p50", "p90", "p95", "p99", "p99_9", "ci_low_p95", "ci_high_p95",
}

// WriteSummaryCSV writes a summary as CSV (RFC 4180, lines ended by \n): a
// header, and a row for each scenario, engine and metric that has a value.
// Distributions are in ms; a rate has its value under mean. A value that is
// absent is an empty cell. Text that a spreadsheet would take for a formula
// gets a leading apostrophe.
func WriteSummaryCSV(w io.Writer, s Summary) error {
	rows := [][]string{csvColumns}
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			of := []string{inert(s.RunID), inert(sc.Name), inert(e.Engine)}
			rows = append(rows, engineRows(of, e)...)
		}
	}
	if err := csv.NewWriter(w).WriteAll(rows); err != nil {
		return fmt.Errorf("write summary as CSV: %w", err)
	}
	return nil
}

func engineRows(of []string, e EngineResult) [][]string {
	var rows [][]string
	for _, m := range e.Metrics() {
		if m.Distribution != nil {
			rows = append(rows, distributionRow(of, m))
		}
	}
	for _, r := range e.Rates() {
		if r.Value.Known() {
			row := make([]string, len(csvColumns))
			copy(row, append(of[:len(of):len(of)], r.Name, r.Unit, "", decimal(r.Value)))
			rows = append(rows, row)
		}
	}
	return rows
}

func distributionRow(of []string, m Metric) []string {
	d := m.Distribution
	var low, high Float
	if d.CI != nil && d.CI.P95 != nil {
		low, high = Some(d.CI.P95[0]), Some(d.CI.P95[1])
	}
	row := append(of[:len(of):len(of)], m.Name, "ms", strconv.FormatInt(d.N, 10))
	for _, v := range []Float{d.Mean, d.P50, d.P90, d.P95, d.P99, d.P999, low, high} {
		row = append(row, decimal(v))
	}
	return row
}

// decimal writes a number so that it reads back the same, never with an
// exponent; an absent one is empty.
func decimal(f Float) string {
	v, known := f.Get()
	if !known {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// inert keeps text that came from outside from being run as a formula by a
// spreadsheet: https://owasp.org/www-community/attacks/CSV_Injection.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
