package record

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	reflected "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

// The published schemas are made of the types and their comments here, in the
// test that keeps them current: whoever reads results needs them, this program
// does not.

const schemaURL = "https://raw.githubusercontent.com/kubectl-llmbench/kubectl-llmbench/main/docs/schema/"

func schemaFile(name string) string { return "../../docs/schema/" + name + ".json" }

func titles() map[string]string {
	return map[string]string{
		"run":        "raw/run.json: what a run intended, where and by what",
		"samples":    "A line of raw/samples.jsonl: one request as it was measured",
		"blocks":     "A line of raw/blocks.jsonl: the state of one stretch of a scenario against one engine",
		"texts":      "A line of raw/texts.jsonl: what was said in one request, where a run was asked to keep it",
		"server":     "A line of raw/server.jsonl: one reading of an engine's own metrics",
		"summary":    "processed/summary.json: what a run amounts to",
		"validation": "What validate-infra -o json prints: the checks of the ground that engines stand on",
		"comparison": "What compare -o json prints: how runs differ from the first of them",
		"discovery":  "What discover-services -o json prints: the engines of a cluster and the ways to them",
	}
}

func schema(t *testing.T, name string, v any) []byte {
	t.Helper()
	comments := fieldComments(t)
	r := reflected.Reflector{
		Anonymous: true, ExpandedStruct: true, AllowAdditionalProperties: true, // readers must bear new keys
		Mapper: mapped,
		LookupComment: func(typ reflect.Type, field string) string {
			return comments[typ.Name()+"."+field]
		},
	}
	s := r.Reflect(v)
	s.ID = reflected.ID(schemaURL + name + ".json")
	s.Title = titles()[name]
	return indented(t, s)
}

// mapped gives the types that reflection cannot see into.
func mapped(t reflect.Type) *reflected.Schema {
	switch t {
	case reflect.TypeFor[Float]():
		return &reflected.Schema{Type: "number"}
	case reflect.TypeFor[Int]():
		return &reflected.Schema{Type: "integer"}
	case reflect.TypeFor[Interval]():
		two := uint64(2)
		return &reflected.Schema{Type: "array", Items: &reflected.Schema{Type: "number"}, MinItems: &two, MaxItems: &two}
	case reflect.TypeFor[Status]():
		return oneOf(append([]Status{StatusOK}, ErrorClasses()...)...)
	case reflect.TypeFor[Phase]():
		return oneOf(PhaseWarmup, PhaseMeasure)
	case reflect.TypeFor[Clock]():
		return oneOf(ClockKernel, ClockUser)
	case reflect.TypeFor[TokenSource]():
		return oneOf(TokensEngine, TokensChunks, TokensEvents, TokensEstimated)
	case reflect.TypeFor[ScenarioKind]():
		return oneOf(KindTTFT, KindLoad, KindCapacity)
	case reflect.TypeFor[Severity]():
		return oneOf(SeverityInfo, SeverityWarn, SeverityError)
	}
	return nil
}

func oneOf[T ~string](values ...T) *reflected.Schema {
	s := &reflected.Schema{Type: "string"}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

// fieldComments returns the comment of each struct as "Type." and of each
// field as "Type.Field", from the sources of this package.
func fieldComments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	comments := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			decl, ok := n.(*ast.GenDecl)
			if !ok || decl.Tok != token.TYPE {
				return true
			}
			spec := decl.Specs[0].(*ast.TypeSpec)
			if s, ok := spec.Type.(*ast.StructType); ok {
				comments[spec.Name.Name+"."] = oneLine(decl.Doc)
				for _, f := range s.Fields.List {
					comment := oneLine(f.Doc)
					if comment == "" {
						comment = oneLine(f.Comment)
					}
					for _, n := range f.Names {
						comments[spec.Name.Name+"."+n.Name] = comment
					}
				}
			}
			return false
		})
	}
	return comments
}

func oneLine(c *ast.CommentGroup) string {
	return strings.Join(strings.Fields(c.Text()), " ")
}

func TestPublishedSchemasAreUpToDate(t *testing.T) {
	for name, d := range documents() {
		golden.Check(t, schemaFile(name), schema(t, name, d.full))
	}
}

func compiled(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(schemaFile(name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchemasAcceptGoldenDocuments(t *testing.T) {
	for name := range documents() {
		s := compiled(t, name)
		for _, kind := range []string{"full", "least"} {
			doc := edited(t, name, kind, func(map[string]any) {})
			if name == "run" || name == "summary" { // a real tool has a clock, a real scenario a kind
				doc["tool"].(map[string]any)["clock"] = "user"
			}
			if name == "summary" {
				doc["scenarios"].([]any)[0].(map[string]any)["kind"] = "ttft"
			}
			if err := s.Validate(doc); err != nil {
				t.Errorf("%s, %s: %v", name, kind, err)
			}
		}
	}
}

// edited is a golden document with something changed.
func edited(t *testing.T, name, kind string, edit func(map[string]any)) map[string]any {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + "." + kind + ".golden.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	object := doc.(map[string]any)
	edit(object)
	return object
}

func TestSchemasRefuseWhatIsWrong(t *testing.T) {
	row := func(d map[string]any) map[string]any {
		return d["scenarios"].([]any)[0].(map[string]any)["engines"].([]any)[0].(map[string]any)
	}
	for _, c := range []struct {
		what, name string
		edit       func(map[string]any)
	}{
		{"a null in place of an absent value", "samples", func(d map[string]any) { d["ttft_ms"] = nil }},
		{"text in place of a number", "samples", func(d map[string]any) { d["ttft_ms"] = "50" }},
		{"half a token", "samples", func(d map[string]any) { d["output_tokens"] = json.Number("1.5") }},
		{"an unknown status", "samples", func(d map[string]any) { d["status"] = "fine" }},
		{"no status", "samples", func(d map[string]any) { delete(d, "status") }},
		{"an unknown clock", "samples", func(d map[string]any) { d["clock"] = "sundial" }},
		{"no list of findings", "summary", func(d map[string]any) { delete(d, "findings") }},
		{"a null list of targets", "summary", func(d map[string]any) { d["targets"] = nil }},
		{"an interval of one", "summary", func(d map[string]any) {
			row(d)["ttft_ms"].(map[string]any)["ci"].(map[string]any)["p50"] = []any{json.Number("1")}
		}},
		{"a date without time", "run", func(d map[string]any) { d["started_at"] = "2026-01-02" }},
		{"no plan", "run", func(d map[string]any) { delete(d, "plan") }},
		{"a block that is neither done nor not", "blocks", func(d map[string]any) { delete(d, "done") }},
	} {
		if compiled(t, c.name).Validate(edited(t, c.name, "full", c.edit)) == nil {
			t.Errorf("the schema of %s takes %s", c.name, c.what)
		}
	}
	undecided := edited(t, "summary", "full", func(d map[string]any) {
		d["scenarios"].([]any)[0].(map[string]any)["kind"] = "ttft"
		d["tool"].(map[string]any)["clock"] = "user"
		d["verdict"].(map[string]any)["winner"] = nil
	})
	if err := compiled(t, "summary").Validate(undecided); err != nil {
		t.Errorf("a verdict without a winner is refused: %v", err)
	}
	more := edited(t, "samples", "full", func(d map[string]any) { d["of_a_later_version"] = true })
	if err := compiled(t, "samples").Validate(more); err != nil {
		t.Errorf("a new key is refused: %v", err)
	}
}
