package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Setting is one value of a configuration and where it came from.
type Setting struct {
	Path  string
	Value string
	// Origin is an entry of [Loaded.Origins], "" for a value that follows
	// from others.
	Origin string
}

// Settings lists every value that is set, in the order of the format's
// documentation, for --verbose.
func (l *Loaded) Settings() []Setting {
	return l.settings(nil, root, reflect.ValueOf(l.Config), "")
}

func (l *Loaded) settings(all []Setting, s *spec, v reflect.Value, path string) []Setting {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return all
		}
		v = v.Elem()
	}
	switch {
	case s.form == section:
		for _, f := range s.fields {
			all = l.settings(all, f.spec, v.Field(f.index), join(path, f.name))
		}
	case s.form == table:
		entries := map[string]reflect.Value{}
		for name, value := range v.Seq2() {
			entries[name.String()] = value
		}
		for _, name := range slices.Sorted(maps.Keys(entries)) {
			all = l.settings(all, s.elem, entries[name], join(path, name))
		}
	case s.form == list && s.elem.form == section:
		for i := range v.Len() {
			all = l.settings(all, s.elem, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case l.Origins[path] != "" || !v.IsZero():
		all = append(all, Setting{Path: path, Value: valueText(v), Origin: l.Origins[path]})
	}
	return all
}

func valueText(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return fmt.Sprintf("%q", v.String())
	case reflect.Slice:
		entries := make([]string, v.Len())
		for i := range entries {
			entries[i] = fmt.Sprint(v.Index(i).Interface())
		}
		return "[" + strings.Join(entries, ", ") + "]"
	}
	return fmt.Sprint(v.Interface())
}

// YAML writes the configuration as a file that Load reads back to the same.
func (c Config) YAML() ([]byte, error) {
	data, err := yaml.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	return data, nil
}
