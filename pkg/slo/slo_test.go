package slo

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		text, written string
		want          SLO
	}{
		{"ttft:p95<500ms,tpot:p95<50ms,success>=99%", "", SLO{
			{Metric: "ttft", Statistic: "p95", MaxMS: 500}, {Metric: "tpot", Statistic: "p95", MaxMS: 50}, {Metric: Success, MinPercent: 99}}},
		{" ttft : p99.9 <= 1.5s , success > 99.9% ", "ttft:p99_9<1500ms,success>=99.9%", SLO{
			{Metric: "ttft", Statistic: "p99_9", MaxMS: 1500}, {Metric: Success, MinPercent: 99.9}}},
		{"e2e:p50<0.25s,ttfa:p90<7ms", "e2e:p50<250ms,ttfa:p90<7ms", SLO{
			{Metric: "e2e", Statistic: "p50", MaxMS: 250}, {Metric: "ttfa", Statistic: "p90", MaxMS: 7}}},
	} {
		got, err := Parse(tt.text)
		if err != nil || !cmp.Equal(got, tt.want) {
			t.Errorf("%q: %v, %s", tt.text, err, cmp.Diff(tt.want, got))
		}
		written := tt.written
		if written == "" {
			written = tt.text
		}
		if got.String() != written {
			t.Errorf("%q is written %q, want %q", tt.text, got, written)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "empty",
		"ttft:p95<500ms,":             "empty",
		"ttft:p95":                    "no limit",
		"ttft:p95<500":                "with its unit",
		"ttft:p95<0ms":                "above 0",
		"ttft:p95<-5ms":               "above 0",
		"ttft:p95<0x10ms":             "no time",
		"ttft:p95<infs":               "no time",
		"ttft:p95>500ms":              "from above",
		"ttft:p95=500ms":              "from above",
		"ttft<500ms":                  "unknown statistic",
		"ttft:mean<500ms":             "unknown statistic",
		"latency:p95<500ms":           "unknown metric",
		"success<99%":                 "from below",
		"success>=100%":               "below 100%",
		"success>=0.99":               "share above",
		"ttft:p95<5ms,ttft:p95<=6ms":  "twice",
		"success>=9%,success>=10%":    "twice",
		"ttft:p95<99999999999999999s": "no time",
		strings.Repeat("x", 1001):     "at most",
	} {
		if got, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want an error with %q", text, got, err, want)
		}
	}
}

func TestPresetsReadBack(t *testing.T) {
	for _, name := range Presets() {
		s, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(s.String())
		if err != nil || !cmp.Equal(s, again) {
			t.Errorf("%s: %q: %v", name, s, err)
		}
	}
	s, _ := Preset("llama2-70b-interactive")
	if want := "ttft:p99<450ms,tpot:p99<40ms"; s.String() != want {
		t.Errorf("%q, want %q", s, want)
	}
	if _, err := Preset("llama"); err == nil || !strings.Contains(err.Error(), "llama3.1-405b-interactive") {
		t.Errorf("an unknown preset: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{example, "e2e:p99.9<=1.5s", "success>=99.95%", "ttft:p95<1e3ms", ",,<>=%"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(s.String())
		if err != nil || again.String() != s.String() {
			t.Errorf("%q is written %q, which reads as %q, %v", text, s, again, err)
		}
		for _, l := range s {
			if l.Metric != Success && !(l.MaxMS > 0 && l.P() > 0) || l.Metric == Success && !(l.MinShare() > 0 && l.MinShare() < 1) {
				t.Errorf("%q has the limit %+v", text, l)
			}
		}
	})
}
