package document

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

// hostileName is a name that would break out of XML, Markdown, HTML and a terminal.
const hostileName = "a\x00b\x1b[2J]]>\"'&<script>alert(1)</script>|`x` @everyone #12 <!-- https://evil.example www.evil.example [l](x) \xff\u202e\nnext"

func someComparison(t *testing.T) (c record.Comparison) {
	t.Helper()
	data, err := os.ReadFile("../verdict/testdata/comparison.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func hostileComparison(t *testing.T) record.Comparison {
	t.Helper()
	c := someComparison(t)
	for i := range c.Runs {
		c.Runs[i].Name += hostileName
	}
	for i := range c.Rows {
		c.Rows[i].Run, c.Rows[i].Scenario, c.Rows[i].Engine = c.Runs[1].Name, hostileName, hostileName
	}
	for i := range c.Gate.Checks {
		c.Gate.Checks[i].Scenario, c.Gate.Checks[i].Engine, c.Gate.Checks[i].Reason, c.Gate.Checks[i].Run = hostileName, hostileName, hostileName, hostileName
	}
	c.Warnings = []string{hostileName, "- " + hostileName}
	return c
}

func someTargets() record.Summary {
	yes, no := true, false
	ended := time.Date(2026, 3, 4, 5, 7, 37, 500e6, time.UTC)
	return record.Summary{
		RunID: "r1", Name: "nightly", StartedAt: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), FinishedAt: &ended,
		Targets: []record.TargetResult{
			{Scenario: "chat.v2", Engine: "vllm", Metric: "ttft_ms", Statistic: "p95", Limit: 500, Actual: record.Some(431.0), Met: &yes},
			{Scenario: "chat.v2", Engine: "tgi", Metric: "ttft_ms", Statistic: "p95", Limit: 500, Actual: record.Some(612.0), Met: &no},
			{Scenario: "ttft", Engine: "vllm", Metric: "ttft_ms", Statistic: "p99", Limit: 500, NeedsSamples: record.Some(int64(473))},
			{Scenario: "ttft", Engine: "tgi", Metric: "ttft_ms", Statistic: "p99", Limit: 500, Met: &no},
			{Scenario: "ttft", Engine: "none", Metric: "ttft_ms", Statistic: "p99", Limit: 500},
		},
	}
}

func TestJUnitIsGolden(t *testing.T) {
	var run, compared bytes.Buffer
	if err := JUnit(&run, someTargets()); err != nil {
		t.Fatal(err)
	}
	if err := ComparisonJUnit(&compared, someComparison(t)); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/junit.golden.xml", run.Bytes())
	golden.Check(t, "testdata/junit-comparison.golden.xml", compared.Bytes())
}

// Whatever names are, the document is one that XML readers take, and the names are
// nothing but text.
func TestJUnitOfHostileNames(t *testing.T) {
	s := someTargets()
	s.Name, s.RunID = hostileName, hostileName
	for i := range s.Targets {
		s.Targets[i].Scenario, s.Targets[i].Engine, s.Targets[i].Metric = hostileName, hostileName, hostileName
	}
	var run, compared bytes.Buffer
	if err := JUnit(&run, s); err != nil {
		t.Fatal(err)
	}
	if err := ComparisonJUnit(&compared, hostileComparison(t)); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]*bytes.Buffer{"run": &run, "comparison": &compared} {
		if strings.ContainsAny(b.String(), "\x00\x1b\u202e") || !utf8.Valid(b.Bytes()) {
			t.Errorf("%s: a control character got through", name)
		}
		elements := map[string]int{}
		for d := xml.NewDecoder(b); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if start, is := token.(xml.StartElement); is {
				elements[start.Name.Local]++
			}
		}
		if elements["script"] != 0 || elements["testcase"] == 0 {
			t.Errorf("%s holds %v", name, elements)
		}
	}
}

func TestJUnitOfNothing(t *testing.T) {
	var b bytes.Buffer
	if err := JUnit(&b, record.Summary{}); err != nil || !strings.Contains(b.String(), `tests="0"`) || strings.Contains(b.String(), "timestamp") {
		t.Errorf("%v: %s", err, b.String())
	}
	b.Reset()
	if err := ComparisonJUnit(&b, record.Comparison{}); err != nil || !strings.Contains(b.String(), `tests="0"`) {
		t.Errorf("%v: %s", err, b.String())
	}
}
