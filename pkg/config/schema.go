package config

import (
	_ "embed" // for the sources below
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

// SchemaURL is where the published schema is found.
const SchemaURL = "https://raw.githubusercontent.com/kubectl-llmbench/kubectl-llmbench/main/docs/schema/config.json"

// The field comments of these files are the schema's descriptions.
var (
	//go:embed types.go
	typesSource string
	//go:embed scenarios.go
	scenariosSource string
	//go:embed verdict.go
	verdictSource string
	//go:embed capacity.go
	capacitySource string
)

// Schema returns the JSON Schema (draft 2020-12) of a configuration file. It
// holds what one value can be; checks that span settings are Load's alone.
func Schema() ([]byte, error) {
	comments, err := fieldComments(typesSource, scenariosSource, capacitySource, verdictSource)
	if err != nil {
		return nil, err
	}
	r := jsonschema.Reflector{
		Anonymous:                  true,
		ExpandedStruct:             true,
		RequiredFromJSONSchemaTags: true,
		LookupComment: func(t reflect.Type, field string) string {
			return comments[t.Name()+"."+field]
		},
	}
	s := r.Reflect(&Config{})
	s.ID = jsonschema.ID(SchemaURL)
	s.Title = "kubectl llmbench configuration"
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write configuration schema: %w", err)
	}
	return append(data, '\n'), nil
}

// fieldComments returns the doc comment of each struct as "Type." and of each
// field as "Type.Field".
func fieldComments(sources ...string) (map[string]string, error) {
	comments := map[string]string{}
	for _, src := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("read field comments: %w", err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			t, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := t.Type.(*ast.StructType); ok {
				for _, f := range s.Fields.List {
					comments[t.Name.Name+"."+f.Names[0].Name] = strings.TrimSpace(f.Doc.Text())
				}
			}
			return false
		})
	}
	return comments, nil
}

// JSONSchemaExtend holds the names of engines and their values to the rules
// that Load has for them.
func (Services) JSONSchemaExtend(s *jsonschema.Schema) {
	for _, key := range []string{"manual_urls", "models", "api"} {
		property, ok := s.Properties.Get(key)
		if !ok {
			continue
		}
		names := property.OneOf[0] // the other is null
		names.PropertyNames = &jsonschema.Schema{Pattern: engineNamePattern}
		switch key {
		case "manual_urls":
			names.AdditionalProperties = &jsonschema.Schema{Type: "string", Pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@]+(/[^?#]*)?$"}
		case "models":
			names.AdditionalProperties = &jsonschema.Schema{Type: "string", MinLength: ptr(uint64(1))}
		case "api":
			names.AdditionalProperties = &jsonschema.Schema{Type: "string", Enum: []any{"chat", "completions", "generate"}}
		}
	}
}

// JSONSchemaExtend asks for the keys that each arrival needs, as Load does.
func (LoadTest) JSONSchemaExtend(s *jsonschema.Schema) {
	for _, kind := range arrivalKeys {
		arrival := jsonschema.NewProperties()
		arrival.Set("arrival", &jsonschema.Schema{Const: kind.arrival})
		of := &jsonschema.Schema{Properties: arrival}
		if kind.arrival != ArrivalUsers { // which it is where nothing says so
			of.Required = []string{"arrival"}
		}
		s.AllOf = append(s.AllOf, &jsonschema.Schema{If: of, Then: needs(kind.needs, kind.also)})
	}
}

// needs asks for keys, or for the sweep that one of them may have in its place.
func needs(keys, also []string) *jsonschema.Schema {
	all := &jsonschema.Schema{}
	for _, key := range keys {
		many, swept := sweeps[key]
		if !swept || !slices.Contains(also, many) {
			all.Required = append(all.Required, key)
			continue
		}
		all.OneOf = []*jsonschema.Schema{{Required: []string{key}}, {Required: []string{many}}}
	}
	return all
}

func ptr[T any](v T) *T { return &v }
