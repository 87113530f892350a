package config

import (
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// reader lays one source over the configuration.
type reader struct {
	*layer
	where  map[string]place // of every setting read, by path
	faults *Errors
}

func (r *reader) fault(p place, path, message, suggestion string) {
	*r.faults = append(*r.faults, p.fault(path, message, suggestion))
}

// read puts the node's value into v. A value that is refused leaves v alone.
func (r *reader) read(n ast.Node, s *spec, v reflect.Value, path string) {
	if refusal := unsupported(n); refusal != "" {
		r.fault(r.place(n), path, refusal, "")
		return
	}
	if n.Type() == ast.NullType {
		r.null(n, s, v, path)
		return
	}
	switch s.form {
	case section:
		r.section(n, s, v, path)
	case table:
		r.table(n, s, v, path)
	case list:
		r.list(n, s, v, path)
	default:
		r.scalar(n, s, v, path)
	}
}

// null reads `key:` with nothing behind it: a section or table of which all
// lines are commented out changes nothing, a list becomes empty, and a value
// that may be absent becomes absent.
func (r *reader) null(n ast.Node, s *spec, v reflect.Value, path string) {
	switch {
	case !s.nullable:
		r.fault(r.place(n), path, fmt.Sprintf("%s needs a value: want %s, or nothing here at all", leaf(path), s.want()), "")
	case s.form == section || s.form == table:
	default:
		r.forget(path)
		r.where[path] = r.place(n)
		v.SetZero()
	}
}

func (r *reader) section(n ast.Node, s *spec, v reflect.Value, path string) {
	entries, ok := r.entries(n, s, path)
	if !ok {
		return
	}
	r.where[path] = r.place(n)
	given := map[string]bool{}
	for key, value := range entries {
		given[key.name] = true
		f, known := s.field(key.name)
		if !known {
			r.unknown(key, s, path)
			continue
		}
		r.read(value, f.spec, v.Field(f.index), join(path, key.name))
	}
	for _, f := range s.fields {
		if f.required && !given[f.name] && !r.faults.around(join(path, f.name)) {
			r.fault(r.place(n), join(path, f.name), fmt.Sprintf("%s lacks %s: want %s", leaf(path), f.name, f.want()), "")
		}
	}
}

func (r *reader) unknown(key mapKey, s *spec, path string) {
	guess := nearest(key.name, s.names())
	// The right name in the wrong section beats a like name in this one.
	if paths := root.find(key.name, ""); len(paths) == 1 {
		guess = paths[0]
	}
	in := "the configuration"
	if path != "" {
		in = path
	}
	message := fmt.Sprintf("unknown key %q in %s", key.name, in)
	if guess == "" {
		message += ": want one of " + strings.Join(s.names(), ", ")
	}
	r.fault(key.place, join(path, key.name), message, guess)
}

func (r *reader) table(n ast.Node, s *spec, v reflect.Value, path string) {
	entries, ok := r.entries(n, s, path)
	if !ok {
		return
	}
	r.where[path] = r.place(n)
	for key, value := range entries {
		r.entry(key, value, s, v, path)
	}
}

// entry lays one name of a table. The map is copied first, because a layer
// below may share it.
func (r *reader) entry(key mapKey, n ast.Node, s *spec, v reflect.Value, path string) {
	if fault, guess := engineNameFault(key.name); fault != "" {
		r.fault(key.place, join(path, key.name), fault, guess)
		return
	}
	before := len(*r.faults)
	value := reflect.New(v.Type().Elem()).Elem()
	r.read(n, s.elem, value, join(path, key.name))
	if len(*r.faults) > before {
		return
	}
	next := reflect.MakeMap(v.Type())
	for name, old := range v.Seq2() {
		next.SetMapIndex(name, old)
	}
	next.SetMapIndex(reflect.ValueOf(key.name), value)
	v.Set(next)
}

func (r *reader) list(n ast.Node, s *spec, v reflect.Value, path string) {
	sequence, ok := n.(*ast.SequenceNode)
	if !ok {
		r.mistyped(n, s, path)
		return
	}
	r.forget(path)
	r.where[path] = r.place(n)
	entries := reflect.MakeSlice(v.Type(), len(sequence.Values), len(sequence.Values))
	seen := map[any]bool{}
	for i, e := range sequence.Values {
		at := fmt.Sprintf("%s[%d]", path, i)
		r.read(e, s.elem, entries.Index(i), at)
		if !s.unique || r.faults.on(at) {
			continue
		}
		if value := entries.Index(i).Interface(); seen[value] {
			r.fault(r.place(e), at, fmt.Sprintf("%s lists %v twice", leaf(path), value), "")
		} else {
			seen[value] = true
		}
	}
	v.Set(entries)
}

// forget drops where a list's former entries came from.
func (r *reader) forget(path string) {
	maps.DeleteFunc(r.where, func(p string, _ place) bool { return strings.HasPrefix(p, path+"[") })
}

// leaf is how messages name a setting: its last part, or the whole file.
func leaf(path string) string {
	if path == "" {
		return "the configuration"
	}
	return path[strings.LastIndex(path, ".")+1:]
}
