//go:build browser

package browser

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/document"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

const testdata = "../../pkg/document/testdata"

func read(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func sample(t *testing.T) (s record.Summary, figures []chart.Figure) {
	t.Helper()
	read(t, "summary.json", &s)
	read(t, "figures.json", &figures)
	return s, figures
}

// artefacts is where pictures are kept.
func artefacts(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("LLMBENCH_ARTEFACTS")
	if dir == "" {
		return t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(artefacts(t), name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// tab is a page of the browser and what it complained of.
type tab struct {
	context.Context
	t  *testing.T
	mu sync.Mutex
	// complaints are console errors, exceptions and breaches of the policy,
	// requests the URLs that the page asked for.
	complaints, requests []string
}

// open writes the report of a summary into a run's directory and opens it.
func open(t *testing.T, s record.Summary, figures []chart.Figure, width, height int64, scheme string) *tab {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "reports")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	if err := document.HTML(f, s, story.Tell(s, figures), figures); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p := start(t)
	order(p, network.Enable, network.EnableParams{})
	order(p, cdplog.Enable, cdp.Empty{})
	order(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	p.run(chromedp.EmulateViewport(width, height), chromedp.Navigate((&url.URL{Scheme: "file", Path: f.Name()}).String()))
	return p
}

func start(t *testing.T) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("headless", "new"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)
	ctx, cancelTime := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancelTime)
	p := &tab{Context: ctx, t: t}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *tab) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		what := "exception: " + e.ExceptionDetails.Text
		if o := e.ExceptionDetails.Exception; o != nil {
			what += " " + o.Description
		}
		p.complaints = append(p.complaints, what)
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError || e.Entry.Level == cdplog.EntryLevelWarning {
			p.complaints = append(p.complaints, "log: "+e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			for _, a := range e.Args {
				p.complaints = append(p.complaints, "console: "+string(a.Value))
			}
		}
	}
}

// order gives the browser a command of its protocol.
func order[P, R any](p *tab, command cdp.Command[P, R], params P) {
	p.t.Helper()
	if _, err := chromedp.Call(p, command, params); err != nil {
		p.t.Fatal(err)
	}
}

func (p *tab) run(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p, steps...); err != nil {
		p.t.Fatal(err)
	}
}

func get[T any](p *tab, action chromedp.Action[T]) T {
	p.t.Helper()
	v, err := chromedp.Run(p, action)
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// eval runs a script of the test and returns what it gives.
func eval[T any](p *tab, script string) T {
	p.t.Helper()
	return get(p, chromedp.Evaluate[T](script))
}

// do runs a script for what it does.
func (p *tab) do(script string) {
	p.t.Helper()
	eval[bool](p, "{"+script+"} true")
}

// press focuses an element and presses the space bar on it.
func (p *tab) press(selector string) {
	p.t.Helper()
	p.do("document.querySelector('" + selector + "').focus()")
	p.run(chromedp.KeyEvent(" "))
}

// quiet checks that the page complained of nothing and asked nobody for anything.
func (p *tab) quiet() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.complaints {
		p.t.Errorf("the page complains: %s", c)
	}
	for _, r := range p.requests {
		if !strings.HasPrefix(r, "file:") && !strings.HasPrefix(r, "data:") {
			p.t.Errorf("the page asked for %s", r)
		}
	}
	if len(p.requests) == 0 {
		p.t.Error("no request was seen, not even that for the page: nothing listens")
	}
}

func (p *tab) screenshot(name string) {
	p.t.Helper()
	keep(p.t, name+".png", get(p, chromedp.FullScreenshot(100)))
}

func (p *tab) pdf(name string) []byte {
	p.t.Helper()
	data := get(p, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	keep(p.t, name+".pdf", data)
	return data
}
