package config

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaURL, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaURL)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// accepts says whether the schema takes a YAML file.
func accepts(t testing.TB, s *jsonschema.Schema, file []byte) error {
	t.Helper()
	data, err := yaml.YAMLToJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	return acceptsJSON(t, s, data)
}

func acceptsJSON(t testing.TB, s *jsonschema.Schema, data []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestPublishedSchemaIsUpToDate(t *testing.T) {
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "../../docs/schema/config.json", data)
}

func TestSchemaAcceptsWhatLoadDoes(t *testing.T) {
	s := compiled(t)
	for _, pattern := range []string{"../../config/*.yaml", "../../config/examples/*.yaml", "testdata/good/three-urls.yaml", "testdata/good/commented-out.yaml"} {
		each(t, pattern, func(t *testing.T, _ string, data []byte) {
			if err := accepts(t, s, data); err != nil {
				t.Error(err)
			}
		})
	}
	data, err := json.Marshal(load(t).Config)
	if err != nil {
		t.Fatal(err)
	}
	if err := acceptsJSON(t, s, data); err != nil {
		t.Errorf("the effective configuration: %v", err)
	}
}

// What is wrong with one value by itself is refused by the schema too, so that
// an editor shows it.
func TestSchemaRefusesWhatLoadDoes(t *testing.T) {
	s := compiled(t)
	for _, file := range []string{
		"unknown-key", "unknown-section", "misplaced-key", "wrong-types", "negative", "enum",
		"engines", "urls", "load-test-incomplete", "no-value", "namespace", "not-a-mapping",
	} {
		data, err := os.ReadFile("testdata/bad/" + file + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if accepts(t, s, data) == nil {
			t.Errorf("the schema takes %s.yaml", file)
		}
	}
}

// An unknown key is refused in every section, by Load and by the schema.
func TestUnknownKeysAreRefusedEverywhere(t *testing.T) {
	s := compiled(t)
	for _, at := range []string{
		"bogus: 1", "benchmark: {bogus: 1}", "services: {bogus: 1}", "services: {manual_urls: {bogus: http://x}}",
		"services: {models: {bogus: x}}", "services: {api: {bogus: chat}}", "test_scenarios: {bogus: 1}",
		"test_scenarios: {ttft: {bogus: 1}}",
		"test_scenarios: {load_tests: [{name: a, concurrent_users: 1, duration_seconds: 1, bogus: 1}]}",
		"test_scenarios: {load_tests: [{name: a, concurrent_users: 1, duration_seconds: 1, think_time: {bogus: 1}}]}",
		"generation: {bogus: 1}", "prompts: {bogus: 1}", "timeouts: {bogus: 1}", "retries: {bogus: 1}",
		"slo: {bogus: 1}", "verdict: {bogus: 1}", "verdict: {weights: {bogus: 1}}", "cost: {bogus: 1}", "cost: {gpus: {bogus: 1}}", "statistics: {bogus: 1}", "output: {bogus: 1}",
	} {
		if _, err := Load([]Source{src("f", at)}, ""); err == nil || !strings.Contains(err.Error(), "unknown") {
			t.Errorf("Load(%s) = %v", at, err)
		}
		if accepts(t, s, []byte(at)) == nil {
			t.Errorf("the schema takes %s", at)
		}
	}
}

// A misspelt tag would be a rule that neither reader nor schema knows.
func TestTagsAreKnown(t *testing.T) {
	known := []string{"", "required", "nullable", "uniqueItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern", "enum"}
	seen := 0
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return
		}
		for i := range typ.NumField() {
			f := typ.Field(i)
			yamlName, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			jsonName, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if yamlName == "" || yamlName != jsonName {
				t.Errorf("%s.%s: yaml %q and json %q differ", typ.Name(), f.Name, yamlName, jsonName)
			}
			for tag := range strings.SplitSeq(f.Tag.Get("jsonschema"), ",") {
				seen++
				if key, _, _ := strings.Cut(tag, "="); !slices.Contains(known, key) {
					t.Errorf("%s.%s: tag %q", typ.Name(), f.Name, tag)
				}
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[Config]())
	if seen < 50 {
		t.Errorf("only %d tags seen", seen)
	}
}

// Every property must explain itself to whoever edits a file.
func TestSchemaDescribesEveryField(t *testing.T) {
	comments, err := fieldComments(typesSource, scenariosSource)
	if err != nil {
		t.Fatal(err)
	}
	if len(comments) < 50 {
		t.Errorf("only %d comments found", len(comments))
	}
	for field, comment := range comments {
		if !strings.HasSuffix(comment, ".") {
			t.Errorf("%s: the comment %q is no sentence", field, comment)
		}
	}
}
