// Package layering holds the packages of this module to their layers: who may
// import whom, and who may not know what. rules_test.go has the rules.
//
// It reads the sources instead of asking `go list`, because it must see the
// files of every platform and because `go test` then knows which files a
// cached result depends on.
package layering

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPackagesKeepTheirLayers(t *testing.T) {
	g, err := readModule("../..")
	if err != nil {
		t.Fatal(err)
	}
	if len(g) < 10 {
		t.Fatalf("found %d packages, and this module has more", len(g))
	}
	for _, violation := range check(g) {
		t.Error(violation)
	}
	for _, idle := range idleExceptions(g) {
		t.Error(idle)
	}
}

func TestViolationsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		g    graph
		want []string
	}{
		"downward": {g: graph{"pkg/bench": {"pkg/wire", "pkg/record", "net/http", "time"}, "pkg/cmd/report": {"os.Open", "pkg/cmd/cli"}}},
		"upward": {
			g:    graph{"pkg/record": {"pkg/bench"}},
			want: []string{"pkg/record imports pkg/bench: row 0 may not know row 3"},
		},
		"sideways": {
			g:    graph{"pkg/cmd/report": {"pkg/cmd/version"}},
			want: []string{"pkg/cmd/report imports pkg/cmd/version: both stand in row 12"},
		},
		"below another": {
			g:    graph{"cmd/kubectl-llmbench": {"cmd/kubectl-llmbench/internal"}},
			want: []string{"cmd/kubectl-llmbench imports cmd/kubectl-llmbench/internal: both stand in row 14"},
		},
		"a package without a row": {
			g:    graph{"pkg/new": {"fmt"}},
			want: []string{"pkg/new stands in no row of rules_test.go"},
		},
		"an import without a row": {
			g:    graph{"pkg/bench": {"pkg/bench/detail"}},
			want: []string{"pkg/bench imports pkg/bench/detail, which stands in no row of rules_test.go"},
		},
		"environment": {
			g:    graph{"pkg/wire": {"os.Getenv", "os.NewSyscallError"}, "pkg/report": {"os.OpenRoot"}, "pkg/load": {"os/exec"}},
			want: []string{"pkg/load imports os/exec: " + bans[0].why, "pkg/wire imports os.Getenv: " + bans[0].why},
		},
		"an exception is one package's own": {
			g:    graph{"pkg/stats": {"os.NewSyscallError"}},
			want: []string{"pkg/stats imports os.NewSyscallError: " + bans[0].why},
		},
		"flags": {
			g:    graph{"pkg/ui": {"github.com/spf13/cobra"}, "pkg/cmd/simulate": {"github.com/spf13/pflag"}},
			want: []string{"pkg/ui imports github.com/spf13/cobra: " + bans[1].why},
		},
		"HTTP": {
			g:    graph{"pkg/load": {"net/http"}, "pkg/ui": {"net/http/httptest"}, "pkg/engine": {"net/http"}},
			want: []string{"pkg/load imports net/http: " + bans[2].why, "pkg/ui imports net/http/httptest: " + bans[2].why},
		},
		"a protocol with a clock": {
			g:    graph{"pkg/engine": {"pkg/wire"}},
			want: []string{"pkg/engine imports pkg/wire: " + bans[3].why},
		},
		"a table that asks an engine": {
			g:    graph{"pkg/ui": {"pkg/engine", "pkg/record"}},
			want: []string{"pkg/ui imports pkg/engine: " + bans[4].why},
		},
		"Kubernetes where it does not belong": {
			g:    graph{"pkg/bench": {"k8s.io/api/core/v1"}, "pkg/kube": {"k8s.io/client-go/rest"}},
			want: []string{"pkg/bench imports k8s.io/api/core/v1: " + bans[5].why},
		},
		"discovery that asks the API server": {
			g:    graph{"pkg/discover": {"k8s.io/client-go/kubernetes", "k8s.io/api/core/v1"}},
			want: []string{"pkg/discover imports k8s.io/client-go/kubernetes: " + bans[6].why},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, check(c.g)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExceptionsThatNobodyNeedsAreFound(t *testing.T) {
	g := graph{"pkg/wire": {"os.NewSyscallError"}, "pkg/simulate": {"os.NewSyscallError"}}
	want := []string{
		"pkg/kube does not use os.ErrDeadlineExceeded any more: delete the exception",
		"pkg/wire does not use os.ErrDeadlineExceeded any more: delete the exception",
	}
	if diff := cmp.Diff(want, idleExceptions(g)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// graph holds what each package imports: packages of this module by their path
// below its root, others by their import path, and package os by the name that
// is used of it, as in os.Getenv.
type graph map[string][]string

// check returns each violation as a sentence, in the order of the importers.
func check(g graph) []string {
	var all []string
	for _, importer := range slices.Sorted(maps.Keys(g)) {
		from, ok := rowOf(importer)
		if !ok {
			all = append(all, importer+" stands in no row of rules_test.go")
			continue
		}
		for _, imported := range g[importer] {
			if message := violation(importer, from, imported); message != "" {
				all = append(all, importer+" imports "+imported+message)
			}
		}
	}
	return all
}

func violation(importer string, from int, imported string) string {
	if own(imported) {
		to, ok := rowOf(imported)
		switch {
		case !ok:
			return ", which stands in no row of rules_test.go"
		case to == from:
			return fmt.Sprintf(": both stand in row %d", from)
		case to > from:
			return fmt.Sprintf(": row %d may not know row %d", from, to)
		}
	}
	if slices.Contains(exceptions[importer], imported) {
		return ""
	}
	pkg := imported
	if strings.HasPrefix(imported, "os.") {
		pkg = "os"
	}
	for _, b := range bans {
		if (b.in == nil || matchesAny(b.in, importer)) && !matchesAny(b.except, importer) && matchesAny(b.not, pkg) {
			return ": " + b.why
		}
	}
	return ""
}

// idleExceptions finds exceptions that are used no more.
func idleExceptions(g graph) []string {
	var all []string
	for _, pkg := range slices.Sorted(maps.Keys(exceptions)) {
		for _, name := range exceptions[pkg] {
			if !slices.Contains(g[pkg], name) {
				all = append(all, fmt.Sprintf("%s does not use %s any more: delete the exception", pkg, name))
			}
		}
	}
	return all
}

func rowOf(pkg string) (int, bool) {
	i := slices.IndexFunc(rows, func(row []string) bool { return matchesAny(row, pkg) })
	return i, i >= 0
}

// own says whether an import is of this module.
func own(imported string) bool {
	top, _, _ := strings.Cut(imported, "/")
	return slices.Contains([]string{"cmd", "config", "data", "pkg", "test"}, top)
}

func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		base, below := strings.CutSuffix(pattern, "/...")
		return path == base || below && strings.HasPrefix(path, base+"/")
	})
}
