package ui

import (
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestWideTablesShowTheEnginesOwnView(t *testing.T) {
	s := example()
	s.Partial, s.Targets, s.Findings = false, nil, nil
	some := record.Some[int64]
	rows := s.Scenarios[0].Engines
	rows[0].Server = &record.ServerView{
		RequestsDelta: some(217), OwnRequests: some(210), ForeignRequests: some(7), Preemptions: some(0),
		Queue: &record.Gauge{Mean: 0.25, Max: 3}, Running: &record.Gauge{Mean: 4.5, Max: 5}, KVCache: &record.Gauge{Mean: 0.1, Max: 0.125},
		TTFTMS: &record.ServerTTFT{Source: record.TTFTFromMetrics, N: 217, Mean: 40.25},
	}
	rows[1].Server = &record.ServerView{
		RequestsDelta: some(200), OwnRequests: some(210), Queue: &record.Gauge{Mean: 12, Max: 31},
		TTFTMS: &record.ServerTTFT{Source: record.TTFTFromAnswers, N: 200, Mean: 1000, OwnMean: record.Some(1234.5)},
	}
	var wide, narrow, colourful strings.Builder
	for out, how := range map[*strings.Builder]string{&wide: "wide", &narrow: "table"} {
		if err := Write(out, s, how, false); err != nil {
			t.Fatal(err)
		}
	}
	golden.Check(t, "testdata/server-wide.golden", []byte(wide.String()))
	if strings.Contains(narrow.String(), "OWN VIEW") {
		t.Error("the narrow tables show it too")
	}
	if err := Write(&colourful, s, "wide", true); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(colourful.String(), "\x1b["+caution+"m7"+reset) {
		t.Error("foreign requests are not marked")
	}
}
