package layering

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// module is this module's path and the slash behind it.
const module = "github.com/kubectl-llmbench/kubectl-llmbench/"

// readModule reads the imports of all Go files under root, whatever platform
// they are for. Tests may import what they like, and nested modules are
// others.
func readModule(root string) (graph, error) {
	g := graph{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != root:
			return skip(file, entry.Name())
		case strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go"):
			return g.read(root, file)
		}
		return nil
	})
	for pkg, imports := range g {
		slices.Sort(imports)
		g[pkg] = slices.Compact(imports)
	}
	return g, err
}

// skip leaves out what the go command leaves out.
func skip(dir, name string) error {
	if name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return filepath.SkipDir
	}
	switch _, err := os.Stat(filepath.Join(dir, "go.mod")); {
	case err == nil:
		return filepath.SkipDir
	case errors.Is(err, fs.ErrNotExist):
		return nil
	default:
		return err
	}
}

func (g graph) read(root, file string) error {
	dir, err := filepath.Rel(root, filepath.Dir(file))
	if err != nil {
		return err
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	pkg := filepath.ToSlash(dir)
	for _, spec := range f.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return fmt.Errorf("%s: import %s: %w", file, spec.Path.Value, err)
		}
		if imported == "os" {
			g[pkg] = append(g[pkg], usesOf(f, spec)...)
			continue
		}
		g[pkg] = append(g[pkg], strings.TrimPrefix(imported, module))
	}
	if g[pkg] == nil {
		g[pkg] = []string{}
	}
	return nil
}

// usesOf lists what a file uses of an imported package, as in os.Open.
func usesOf(f *ast.File, spec *ast.ImportSpec) []string {
	imported := strings.Trim(spec.Path.Value, `"`)
	name := path.Base(imported)
	if spec.Name != nil {
		name = spec.Name.Name
	}
	if name == "." || name == "_" {
		return []string{imported}
	}
	var uses []string
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := s.X.(*ast.Ident); ok && id.Name == name {
			uses = append(uses, imported+"."+s.Sel.Name)
		}
		return true
	})
	return uses
}

func TestReadModule(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"pkg/a/a.go":          "package a\nimport (\"fmt\"; \"" + module + "pkg/b\")\n",
		"pkg/a/a_windows.go":  "//go:build windows\npackage a\nimport system \"os\"\nvar x, y = system.Getenv, system.Open\n",
		"pkg/a/a_test.go":     "package a\nimport \"" + module + "pkg/c\"\n",
		"pkg/b/b.go":          "package b\n",
		"pkg/d/d.go":          "package d\nimport . \"os\"\n",
		"pkg/a/testdata/x.go": "package x\nimport \"nowhere\"\n",
		".hidden/x.go":        "package x\nimport \"nowhere\"\n",
		"tools/go.mod":        "module other\n",
		"tools/x.go":          "package x\nimport \"nowhere\"\n",
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readModule(root)
	if err != nil {
		t.Fatal(err)
	}
	want := graph{"pkg/a": {"fmt", "os.Getenv", "os.Open", "pkg/b"}, "pkg/b": {}, "pkg/d": {"os"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
