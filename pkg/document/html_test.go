package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"html"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

func sample(t testing.TB) (s record.Summary, figures []chart.Figure) {
	t.Helper()
	for name, into := range map[string]any{"testdata/summary.json": &s, "testdata/figures.json": &figures} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, into); err != nil {
			t.Fatal(err)
		}
	}
	return s, figures
}

func render(t *testing.T, s record.Summary, figures []chart.Figure) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, s, story.Tell(s, figures), figures); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// own takes the program's own scripts and style out of a page, so that the rest
// can be looked through.
func own(page string) string {
	for _, text := range []string{echarts, chartScript, pageScript, style} {
		page = strings.ReplaceAll(page, text, "")
	}
	return page
}

func TestPageIsSmallAndWhole(t *testing.T) {
	s, figures := sample(t)
	page := render(t, s, figures)
	if len(page) >= 2<<20 {
		t.Errorf("the page has %d bytes", len(page))
	}
	if n := len(own(page)); n > 250<<10 {
		t.Errorf("the page has %d bytes beside its scripts and style", n)
	}
	for _, f := range figures {
		if !strings.Contains(page, `data-figure="`+f.ID+`"`) {
			t.Errorf("figure %s has no place", f.ID)
		}
	}
	for _, text := range []string{"Take vllm", "SIMULATED"} {
		if got := strings.Contains(page, text); got != (text != "SIMULATED") {
			t.Errorf("the page says %q: %v", text, got)
		}
	}
}

func TestPageOfNothing(t *testing.T) {
	for name, s := range map[string]record.Summary{"empty": {}, "one": {Name: "x", Environment: record.Environment{Engines: []record.EngineInfo{{Engine: "a"}}}}} {
		if page := render(t, s, nil); !strings.Contains(page, "Executive summary") {
			t.Errorf("%s: there is no summary", name)
		}
	}
}

// hostile is text that would break out of each context that the page has.
const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(1)>" autofocus onfocus=alert(1) x="'{{.}}` + "`${alert(1)}" + `</style>--><!--`

func TestHostileTextStaysText(t *testing.T) {
	s, figures := sample(t)
	s.Name, s.RunID = hostile, hostile
	e := &s.Environment.Engines[0]
	*e = record.EngineInfo{Engine: hostile, Kind: hostile, Version: hostile, Model: hostile, Image: hostile, Args: []string{hostile}, Node: hostile, Endpoint: hostile, Via: hostile}
	s.Environment.Nodes[0].Labels = map[string]string{hostile: hostile}
	s.Scenarios[0].Name, s.Scenarios[0].Engines[0].Engine = hostile, hostile
	s.Findings[0] = record.Finding{ID: hostile, Severity: record.Severity(hostile), Subject: hostile, Message: hostile, Remedy: hostile}
	s.Fairness[0] = record.FairnessCheck{Check: hostile, Status: hostile, Detail: hostile, Remedy: hostile}
	s.Verdict.Summary, s.Verdict.Recommendations[0] = hostile, record.Recommendation{Message: hostile, RestsOn: hostile, Engine: hostile}
	f := &figures[0]
	f.ID, f.Title, f.Note, f.Scenario, f.Panels[0].Boxes[0].Engine = hostile, hostile, hostile, hostile, hostile
	rest := own(render(t, s, figures))
	if got, want := strings.Count(rest, "<script"), 4; got != want {
		t.Errorf("%d scripts, want %d", got, want)
	}
	for _, tag := range []string{"<img", "</style>--"} {
		if strings.Contains(rest, tag) {
			t.Errorf("the page holds %s", tag)
		}
	}
	for _, tag := range regexp.MustCompile(`<[a-z][^>]*>`).FindAllString(rest, -1) {
		bare := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(tag, "")
		if regexp.MustCompile(`\s(on[a-z]+|autofocus|style|src)\b`).MatchString(bare) {
			t.Errorf("a tag has an attribute that nobody gave it: %.200s", tag)
		}
	}
	if strings.Count(rest, html.EscapeString("<script>alert(1)</script>")) == 0 {
		t.Error("the hostile text is not there to be read")
	}
}

func TestDataBlockHoldsTheFigures(t *testing.T) {
	s, figures := sample(t)
	figures[0].Title = hostile
	page := render(t, s, figures)
	block := regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`).FindStringSubmatch(page)
	if block == nil {
		t.Fatal("there is no data block")
	}
	var got struct {
		Figures []chart.Figure `json:"figures"`
		Engines []string       `json:"engines"`
	}
	if err := json.Unmarshal([]byte(block[1]), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(figures, got.Figures, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"vllm", "tgi", "ollama"}, got.Engines); diff != "" {
		t.Error(diff)
	}
}

func TestPolicyAllowsWhatIsThereAndNothingElse(t *testing.T) {
	s, figures := sample(t)
	page := render(t, s, figures)
	meta := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if meta == nil {
		t.Fatal("there is no policy")
	}
	policy := html.UnescapeString(meta[1])
	if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("policy: %s", policy)
	}
	for _, part := range regexp.MustCompile(`(?s)<(script|style)>(.*?)</(script|style)>`).FindAllStringSubmatch(page, -1) {
		if h := hash(part[2]); !strings.Contains(policy, h) {
			t.Errorf("the policy does not allow the %s that begins %.40q", part[1], part[2])
		}
	}
	for _, link := range regexp.MustCompile(`\s(?:href|src)="([^"]*)"`).FindAllStringSubmatch(own(page), -1) {
		if !strings.HasPrefix(link[1], "#") && !strings.HasPrefix(link[1], "../") {
			t.Errorf("a link leads to %q", link[1])
		}
	}
}

func TestLinksStayInTheRunsDirectory(t *testing.T) {
	for file, want := range map[string]string{
		"raw/run.json": "../raw/run.json", "../../etc/passwd": "../etc/passwd", "/etc/passwd": "../etc/passwd",
		"javascript:alert(1)": "../javascript:alert%281%29", "//evil.example/x": "../evil.example/x",
	} {
		if got := relative(file); got != want {
			t.Errorf("relative(%q) = %q, want %q", file, got, want)
		}
	}
}

func TestStyleTakesColoursOnly(t *testing.T) {
	got := engineStyle([]string{"a", "b"}, map[string]string{"a": "#123456", "b": "red}body{display:none"}, map[string]string{"a": "#abcdef"})
	if strings.Contains(got, "body") || !strings.Contains(got, ".e0{--engine:#123456}") || !strings.Contains(got, ".e0{--engine:#abcdef}") {
		t.Error(got)
	}
}

// The README beside the script says where it came from; this holds it to that.
func TestAssetIsTheOneThatIsRecorded(t *testing.T) {
	sum := sha256.Sum256([]byte(echarts))
	if got, want := hex.EncodeToString(sum[:]), "b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0"; got != want {
		t.Errorf("echarts.min.js has SHA-256 %s, want %s", got, want)
	}
	readme, err := os.ReadFile("assets/README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), hex.EncodeToString(sum[:])) {
		t.Error("assets/README.md names another file")
	}
	if page := render(t, record.Summary{}, nil); !strings.Contains(echarts, "6.1.0") || !strings.Contains(own(page), "ECharts 6.1.0") {
		t.Error("the version of the script and the one that the page names differ")
	}
}

type brokenWriter struct{}

var errBroken = errors.New("disk full")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestErrors(t *testing.T) {
	s, figures := sample(t)
	if err := HTML(brokenWriter{}, s, story.Tell(s, figures), figures); !errors.Is(err, errBroken) {
		t.Errorf("a write that fails: %v", err)
	}
	figures[0].Panels[0].Boxes[0].Median = math.NaN()
	if err := HTML(&bytes.Buffer{}, s, story.Tell(s, figures), figures); err == nil {
		t.Error("NaN got into the page")
	}
}
