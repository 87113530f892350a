package config

import (
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// decimal is the only way to write a number here. Octal, hexadecimal and
// underscored numbers mean different things to different YAML readers.
var decimal = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)?(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// scalar reads text, a number or a truth value.
func (r *reader) scalar(n ast.Node, s *spec, v reflect.Value, path string) {
	target := v
	if v.Kind() == reflect.Pointer {
		target = reflect.New(v.Type().Elem()).Elem()
	}
	var fault, guess string
	var typed bool
	switch s.form {
	case text:
		fault, guess, typed = readText(n, s, target)
	case truth:
		typed = readBool(n, target)
	default:
		fault, typed = readNumber(n, s, target)
	}
	switch {
	case !typed:
		r.mistyped(n, s, path)
	case fault != "":
		r.fault(r.place(n), path, fmt.Sprintf("%s %s, not %s", leaf(path), fault, shown(n)), guess)
	default:
		if s.file {
			target.SetString(r.resolve(target.String()))
		}
		r.where[path] = r.place(n)
		if v.Kind() == reflect.Pointer {
			target = target.Addr()
		}
		v.Set(target)
	}
}

// resolve is a file's name as it is written in this layer, seen from the working
// directory.
func (l *layer) resolve(name string) string {
	if l.dir == "" || name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(l.dir, name)
}

func readText(n ast.Node, s *spec, v reflect.Value) (fault, guess string, typed bool) {
	var value string
	switch n := n.(type) {
	case *ast.StringNode:
		value = n.Value
	case *ast.LiteralNode:
		value = n.Value.Value
	default:
		return "", "", false
	}
	v.SetString(value)
	if fault = s.textFault(value); fault != "" {
		guess = nearest(value, s.enum)
	}
	return fault, guess, true
}

func readBool(n ast.Node, v reflect.Value) bool {
	b, ok := n.(*ast.BoolNode)
	if ok {
		v.SetBool(b.Value)
	}
	return ok
}

func readNumber(n ast.Node, s *spec, v reflect.Value) (fault string, typed bool) {
	written, ok := unquoted(n)
	if !ok || written == "" || !decimal.MatchString(written) {
		return "", false
	}
	number, err := strconv.ParseFloat(written, 64)
	if err != nil && !math.IsInf(number, 0) {
		return "", false
	}
	if fault = s.numberFault(number); fault != "" {
		return fault, true
	}
	if s.form == fraction {
		v.SetFloat(number)
		return "", !math.IsInf(number, 0)
	}
	// A float holds every whole number only up to 2^53.
	if i, err := strconv.ParseInt(written, 10, 64); err == nil {
		v.SetInt(i)
		return "", true
	}
	if number != math.Trunc(number) || math.Abs(number) > 1<<53 {
		return "must be a whole number of at most 64 bits", true
	}
	v.SetInt(int64(number))
	return "", true
}

// unquoted returns a scalar as it was written, where it was not in quotes.
func unquoted(n ast.Node) (string, bool) {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.StringNode:
	default:
		return "", false
	}
	t := n.GetToken()
	if t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType {
		return "", false
	}
	return t.Value, true
}

// mistyped notes a value of the wrong type.
func (r *reader) mistyped(n ast.Node, s *spec, path string) {
	guess := ""
	switch written, plain := unquoted(n); {
	case s.form == truth && plain:
		guess = map[string]string{"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}[written]
	case s.form == text:
		if n.Type() == ast.IntegerType || n.Type() == ast.FloatType || n.Type() == ast.BoolType {
			r.fault(r.place(n), path, fmt.Sprintf("%s wants text, not %s: put it in quotes", leaf(path), shown(n)), "")
			return
		}
	}
	r.fault(r.place(n), path, fmt.Sprintf("%s wants %s, not %s", leaf(path), s.want(), shown(n)), guess)
}

// want names what a spec takes, for messages.
func (s *spec) want() string {
	return map[form]string{
		section: "a section of keys", table: "a section of names", list: "a list", text: "text",
		whole: "a whole number", fraction: "a number", truth: "true or false",
	}[s.form]
}

// shown names what a node holds, for messages.
func shown(n ast.Node) string {
	value := n.GetToken().Value
	if r := []rune(value); len(r) > 60 {
		value = string(r[:60]) + "…"
	}
	if written, ok := unquoted(n); ok && decimal.MatchString(written) {
		return value
	}
	switch n.Type() {
	case ast.MappingType, ast.MappingValueType:
		return "a section of keys"
	case ast.SequenceType:
		return "a list"
	case ast.StringType:
		return fmt.Sprintf("the text %q", value)
	case ast.LiteralType:
		return "a block of text"
	}
	return value
}
