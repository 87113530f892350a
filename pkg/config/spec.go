package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// form is the shape of a value in a file.
type form int

const (
	section form = iota // a mapping with fixed keys
	table               // a mapping from the names of engines to text or numbers
	list
	text
	whole
	fraction
	truth
)

// spec is what a place in a file may hold. It is read off the struct's fields
// and their `jsonschema` tags, which also make the published schema.
type spec struct {
	form   form
	fields []field // of a section
	elem   *spec   // of a list or table
	// nullable says that null stands for nothing there.
	nullable bool
	unique   bool // of a list

	min, max         *float64
	exclusiveMinimum *float64
	exclusiveMaximum *float64
	minLen, maxLen   int
	enum             []string
	// file says that a text names one.
	file bool
}

type field struct {
	name     string
	index    int
	required bool
	*spec
}

// root describes a whole file.
var root = specOf(reflect.TypeFor[Config]())

func specOf(t reflect.Type) *spec {
	switch t.Kind() {
	case reflect.Pointer:
		return specOf(t.Elem())
	case reflect.Struct:
		s := &spec{form: section}
		for i := range t.NumField() {
			s.fields = append(s.fields, fieldOf(i, t.Field(i)))
		}
		return s
	case reflect.Map:
		return &spec{form: table, elem: specOf(t.Elem())}
	case reflect.Slice:
		return &spec{form: list, elem: specOf(t.Elem())}
	case reflect.String:
		return &spec{form: text}
	case reflect.Bool:
		return &spec{form: truth}
	case reflect.Float64:
		return &spec{form: fraction}
	}
	return &spec{form: whole}
}

func fieldOf(index int, f reflect.StructField) field {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	out := field{name: name, index: index, spec: specOf(f.Type)}
	_, out.file = f.Tag.Lookup("file")
	for tag := range strings.SplitSeq(f.Tag.Get("jsonschema"), ",") {
		switch key, value, _ := strings.Cut(tag, "="); key {
		case "required":
			out.required = true
		case "nullable":
			out.nullable = true
		case "uniqueItems":
			out.unique = true
		default:
			out.limited().limit(key, value)
		}
	}
	return out
}

// limited is the spec that a tag's limits are about: a list's are about its
// entries.
func (s *spec) limited() *spec {
	if s.form == list {
		return s.elem
	}
	return s
}

func (s *spec) limit(key, value string) {
	number, _ := strconv.ParseFloat(value, 64)
	switch key {
	case "minimum":
		s.min = &number
	case "maximum":
		s.max = &number
	case "exclusiveMinimum":
		s.exclusiveMinimum = &number
	case "exclusiveMaximum":
		s.exclusiveMaximum = &number
	case "minLength":
		s.minLen = int(number)
	case "maxLength":
		s.maxLen = int(number)
	case "enum":
		s.enum = append(s.enum, value)
	}
}

func (s *spec) field(name string) (field, bool) {
	i := slices.IndexFunc(s.fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return field{}, false
	}
	return s.fields[i], true
}

func (s *spec) names() []string {
	var names []string
	for _, f := range s.fields {
		names = append(names, f.name)
	}
	return names
}

// find returns the paths of all settings with that name.
func (s *spec) find(name, at string) []string {
	var paths []string
	for _, f := range s.fields {
		path := join(at, f.name)
		if f.name == name {
			paths = append(paths, path)
		}
		paths = append(paths, f.find(name, path)...)
	}
	if s.form == list {
		paths = append(paths, s.elem.find(name, at+"[]")...)
	}
	return paths
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// numberFault says what is wrong with a number, "" where nothing is.
func (s *spec) numberFault(v float64) string {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	switch {
	case s.min != nil && v < *s.min:
		return "must be at least " + number(*s.min)
	case s.exclusiveMinimum != nil && v <= *s.exclusiveMinimum:
		return "must be more than " + number(*s.exclusiveMinimum)
	case s.max != nil && v > *s.max:
		return "must be at most " + number(*s.max)
	case s.exclusiveMaximum != nil && v >= *s.exclusiveMaximum:
		return "must be less than " + number(*s.exclusiveMaximum)
	}
	return ""
}

// textFault says what is wrong with a text, "" where nothing is.
func (s *spec) textFault(v string) string {
	n := utf8.RuneCountInString(v)
	switch {
	case s.enum != nil && !slices.Contains(s.enum, v):
		return "must be one of " + strings.Join(s.enum, ", ")
	case n < s.minLen:
		return "must not be empty"
	case s.maxLen > 0 && n > s.maxLen:
		return "must have at most " + strconv.Itoa(s.maxLen) + " characters"
	}
	return ""
}
