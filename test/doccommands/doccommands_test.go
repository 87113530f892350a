package doccommands

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	plugin "github.com/kubectl-llmbench/kubectl-llmbench/test/program"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/simulated"
)

// llmbench is the plugin, built once.
var llmbench string

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "8") //nolint:errcheck,gosec // it is a flag of every test; most of them wait
	os.Exit(plugin.Main(m, &llmbench))
}

// kubectl finds the plugin, and knows nothing else.
const kubectl = `#!/bin/sh
[ "$1" = llmbench ] || { echo "kubectl $1 needs a cluster" >&2; exit 1; }
shift
exec kubectl-llmbench "$@"
`

// page is a reader who follows one page from its top in a folder of their own.
type page struct {
	name, dir string
	urls      map[string]string // of simulated engines, by kind
	env       []string
}

func newPage(t *testing.T, name string) *page {
	t.Helper()
	p := &page{name: name, dir: t.TempDir(), urls: map[string]string{}}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "kubectl"), []byte(kubectl), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(p.dir, ".local", "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{"vllm", "tgi", "ollama"} {
		p.urls[engine] = simulated.ServeQuick(t, engine, "")
	}
	p.env = append(os.Environ(), "HOME="+p.dir, "PATH="+strings.Join([]string{bin, filepath.Dir(llmbench), os.Getenv("PATH")}, ":"), "KUBECONFIG=/nonexistent")
	return p
}

// shell runs a command line as the page has it, but for its addresses, its times
// and the number of its requests.
func (p *page) shell(t *testing.T, text string) (code int, out string) {
	t.Helper()
	text = strings.ReplaceAll(Short(p.local(text)), "go run ./cmd/kubectl-llmbench", "kubectl-llmbench")
	// PowerShell's own half of a pipe is left out.
	text, _, _ = strings.Cut(text, " | Out-String")
	if strings.Contains(text, "llmbench simulate") { // it serves until it is interrupted
		text = "timeout --preserve-status --signal=INT 2 " + port.ReplaceAllString(strings.Replace(text, "kubectl llmbench", "kubectl-llmbench", 1), "127.0.0.1:0")
	}
	c := exec.Command("bash", "-c", text) //nolint:gosec,noctx // of our own documents
	c.Dir, c.Env = p.dir, p.env
	data, err := c.CombinedOutput()
	if err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), fmt.Sprintf("%s\n%s", text, data)
}

// port is one that another program may have.
var port = regexp.MustCompile(`127\.0\.0\.1:\d+`)

var address = regexp.MustCompile(`--url (vllm|tgi|ollama)([\w-]*)=\S+`)

// local leads the engines of a page to simulated ones.
func (p *page) local(text string) string {
	return address.ReplaceAllStringFunc(text, func(flag string) string {
		m := address.FindStringSubmatch(flag)
		return "--url " + m[1] + m[2] + "=" + p.urls[m[1]]
	})
}

// former are the folders that pages call a run of before by.
var former = []string{"results/before", "results/last-week", "results/20260304T050607Z-nightly", "baseline", "here/latest", "inside/latest"}

// prepare makes the runs that a page takes for granted.
func (p *page) prepare(t *testing.T, commands []Command) {
	t.Helper()
	code, out := p.shell(t, "kubectl llmbench quick --url vllm=x --url tgi=x --url ollama=x --no-charts")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
	run, err := filepath.EvalSymlinks(filepath.Join(p.dir, "results", "latest"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range former {
		if slices.ContainsFunc(commands, func(c Command) bool { return strings.HasSuffix(c.Text, " "+name) && strings.HasPrefix(c.Text, "mv ") }) {
			continue // the page makes it
		}
		if err := os.CopyFS(filepath.Join(p.dir, name), os.DirFS(run)); err != nil {
			t.Fatal(err)
		}
	}
	foreign, err := os.ReadFile(filepath.Join(plugin.Root(), "pkg", "history", "testdata", "vllm-0.32.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(p.dir, "old"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "old", "vllm-serve.json"), foreign, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestEveryCommandOfThePagesRuns runs what a reader would type.
func TestEveryCommandOfThePagesRuns(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string][]Command{}
	for _, c := range all {
		if c.Where == Here {
			pages[c.Page] = append(pages[c.Page], c)
		}
	}
	if len(pages) < 5 {
		t.Errorf("only %d pages have commands", len(pages))
	}
	for name, commands := range pages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPage(t, name)
			p.prepare(t, commands)
			for _, c := range commands {
				code, out := p.shell(t, c.Text)
				judged := strings.Contains(c.Text, "--gate") || strings.Contains(c.Text, "--fail-on-target")
				if code != 0 && (!judged || code != 3) {
					t.Errorf("%s: exit code %d\n%s", c, code, out)
				}
			}
		})
	}
}

// TestTargetsOfThePagesAreInTheMakefile holds only that they are there; CI runs
// what they do.
func TestTargetsOfThePagesAreInTheMakefile(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(plugin.Root(), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Where != Make {
			continue
		}
		text, _, _ := strings.Cut(c.Text, "#")
		for _, target := range strings.Fields(text)[1:] {
			if !strings.Contains(target, "=") && !strings.Contains(string(makefile), "\n"+target+":") {
				t.Errorf("%s: there is no target %s", c, target)
			}
		}
	}
}

func TestCommandsAreFoundAndPlaced(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.md")
	text := "```console\n$ kubectl llmbench quick \\\n    --simulate\nan output\n$ kubectl llmbench quick -n x\n> kubectl-llmbench version\n$ make test\n$ docker run x\n$ kubectl get pods\n```\n```\n$ no command\n```\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := commandsOf("x.md", file)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range all {
		got = append(got, fmt.Sprintf("%d %s %s", c.Line, c.Where, c.Text))
	}
	want := "2 here kubectl llmbench quick --simulate|5 cluster kubectl llmbench quick -n x|6 here kubectl-llmbench version|7 make make test|8 elsewhere docker run x|9 cluster kubectl get pods"
	if strings.Join(got, "|") != want {
		t.Errorf("%s", strings.Join(got, "|"))
	}
}
