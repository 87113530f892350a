package config

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Override sets one setting over every file, as a flag does. path is dotted,
// with an index for a list's entry: generation.max_tokens,
// services.manual_urls.vllm, test_scenarios.load_tests[0].concurrent_users.
// value is of the setting's own type (an int for a whole number, nil for a
// limit taken away). source names the flag, for messages and Origins.
//
// A value that is refused changes nothing; the error is an [Errors], and
// Validate reports it again. Checks that span settings wait for Validate,
// which must follow the last Override.
func (l *Loaded) Override(path string, value any, source string) error {
	before := len(l.faults)
	r := l.reader(&layer{name: source, order: l.layers})
	if body, err := nodeOf(value); err != nil {
		r.fault(place{layer: r.layer}, path, err.Error(), "")
	} else {
		r.descend(steps(path), body, root, reflect.ValueOf(&l.Config).Elem(), "")
	}
	l.settle()
	if len(l.faults) > before {
		return append(Errors(nil), l.faults[before:]...)
	}
	return nil
}

// nodeOf writes a Go value as YAML and reads it back, so that flags meet the
// same rules as files.
func nodeOf(value any) (ast.Node, error) {
	if text, ok := value.(string); ok {
		value = strconv.Quote(text) // never to be taken for a number
		return (&layer{lines: []string{""}}).scratch(value.(string))
	}
	if text, ok := value.(typed); ok {
		return (&layer{lines: []string{""}}).scratch(string(text))
	}
	data, err := yaml.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("a value of type %T cannot be a setting: %w", value, err)
	}
	return (&layer{lines: []string{""}}).scratch(string(data))
}

func (l *layer) scratch(data string) (ast.Node, error) {
	body, fault := l.parse([]byte(data))
	if fault != nil {
		return nil, fmt.Errorf("the value cannot be read: %s", strings.TrimPrefix(fault.Message, "the file cannot be read as YAML: "))
	}
	if body == nil {
		return nil, errors.New("there is no value behind the equals sign")
	}
	return body, nil
}

// descend follows the steps of a path and reads the node at its end.
func (r *reader) descend(steps []string, n ast.Node, s *spec, v reflect.Value, path string) {
	if len(steps) == 0 {
		r.read(n, s, v, path)
		return
	}
	here, rest := steps[0], steps[1:]
	switch s.form {
	case section:
		if f, ok := s.field(here); ok {
			r.descend(rest, n, f.spec, v.Field(f.index), join(path, here))
			return
		}
	case table:
		r.entry(mapKey{name: strings.Join(steps, "."), place: place{layer: r.layer}}, n, s, v, path)
		return
	case list:
		if i, err := strconv.Atoi(here); err == nil && i >= 0 && i < v.Len() {
			r.descend(rest, n, s.elem, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
			return
		}
	}
	if s.form != section {
		r.fault(place{layer: r.layer}, path, fmt.Sprintf("%s has no entry %q", leaf(path), here), "")
		return
	}
	r.unknown(mapKey{name: here, place: place{layer: r.layer}}, s, path)
}

// steps cuts a path at its dots and brackets.
func steps(path string) []string {
	return strings.Split(strings.NewReplacer("[", ".", "]", "").Replace(path), ".")
}
