package engine

import (
	"encoding/json"
	"reflect"
	"strings"
)

// role says what a value of a frame means to the decoder that reads it.
type role uint8

const (
	roleUnread role = iota // not looked at: it may vary without a meaning
	roleRead               // looked at: another value makes another shape
	roleText               // output text, of which only matters whether there is any
	roleCount              // the running count of output tokens
)

// field is one field of the struct a full decode reads into; nil stands for a
// field which that struct does not have.
type field struct {
	role   role
	fields map[string]*field // of an object, by JSON name
}

// fieldsOf describes a struct by its tags: `json` names a field and `shape`
// gives it the role of text or count. Deriving it from the very struct that a
// full decode fills keeps the two from ever disagreeing on what is read.
func fieldsOf(t reflect.Type) *field {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return &field{role: roleRead}
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return fieldsOf(t.Elem())
	case reflect.Struct:
	default:
		return &field{role: roleRead}
	}
	f := &field{role: roleRead, fields: make(map[string]*field, t.NumField())}
	for sf := range t.Fields() {
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		child := fieldsOf(sf.Type)
		switch sf.Tag.Get("shape") {
		case "text":
			child.role = roleText
		case "count":
			child.role = roleCount
		}
		f.fields[name] = child
	}
	return f
}

// child finds the field that encoding/json would decode a key into. It is not
// sure about a key that is escaped or that differs from a field's name in
// nothing but case, which encoding/json takes for the field.
func (f *field) child(key string) (child *field, sure bool) {
	if f == nil {
		return nil, true
	}
	if f.fields == nil {
		return f, true // whatever stands in a value read as a whole is read
	}
	if child, known := f.fields[key]; known {
		return child, true
	}
	if strings.Contains(key, `\`) {
		return nil, false
	}
	for name := range f.fields {
		if strings.EqualFold(name, key) {
			return nil, false
		}
	}
	return nil, true
}
