package config

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Source is one configuration file.
type Source struct {
	// Name is for messages.
	Name string
	Data []byte
	// Dir is the folder that its relative names of files start from; "" leaves
	// them as they are, which is relative to the working directory.
	Dir string
}

// The parser's time and memory grow with the square of these, so they are
// bounded before it sees anything.
const (
	maxBytes   = 64 << 10
	maxOpeners = 500 // of [ and {
)

// layer is a source under reading.
type layer struct {
	name  string
	dir   string
	order int
	lines []string // nil for a flag
}

func newLayer(s Source, order int) *layer {
	return &layer{name: s.Name, dir: s.Dir, order: order, lines: strings.Split(strings.ReplaceAll(string(s.Data), "\r\n", "\n"), "\n")}
}

// place is where a value was written.
type place struct {
	*layer
	line, column int
}

func (p place) String() string {
	if p.lines == nil {
		return p.name
	}
	return fmt.Sprintf("%s:%d", p.name, p.line)
}

// fault makes a problem of a place and the setting it is about.
func (p place) fault(path, message, suggestion string) *Error {
	e := &Error{Message: message, Suggestion: suggestion, path: path}
	if p.layer == nil {
		e.File = "configuration"
		return e
	}
	e.File, e.layer = p.name, p.order
	if p.lines == nil {
		return e
	}
	e.Line = min(max(p.line, 1), len(p.lines))
	e.Column = max(p.column, 1)
	e.Source = credentials.ReplaceAllString(p.lines[e.Line-1], "//***@")
	return e
}

// credentials of a URL never go into a message, which may end in a CI log.
var credentials = regexp.MustCompile(`//[^/\s]*@`)

func (l *layer) at(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{layer: l, line: 1, column: 1}
	}
	return place{layer: l, line: t.Position.Line, column: t.Position.Column}
}

// place finds where a node begins; a block mapping begins at its first key.
func (l *layer) place(n ast.Node) place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return l.at(m.Values[0].Key.GetToken())
	}
	return l.at(n.GetToken())
}

// parse returns the one document of a source, nil where it is empty.
func (l *layer) parse(data []byte) (body ast.Node, fault *Error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	l.lines[0] = strings.TrimPrefix(l.lines[0], "\ufeff")
	top := place{layer: l, line: 1, column: 1}
	if len(data) > maxBytes {
		return nil, top.fault("", fmt.Sprintf("the file has %d bytes; a configuration has at most %d", len(data), maxBytes), "")
	}
	if bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) > maxOpeners {
		return nil, top.fault("", fmt.Sprintf("the file has more than %d opening brackets", maxOpeners), "")
	}
	// The parser is not ours, and a file that upsets it is still only a bad file.
	defer func() {
		if p := recover(); p != nil {
			body, fault = nil, top.fault("", fmt.Sprintf("the file cannot be read as YAML: %v", p), "")
		}
	}()
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, l.syntax(err)
	}
	return l.document(file)
}

func (l *layer) document(file *ast.File) (ast.Node, *Error) {
	var body ast.Node
	for _, d := range file.Docs {
		switch {
		case d.Body == nil:
		case d.Body.Type() == ast.DirectiveType:
			return nil, l.place(d.Body).fault("", "YAML directives are not supported: delete the line", "")
		case body != nil:
			return nil, l.place(d.Body).fault("", "a configuration is one YAML document: delete the --- before this line, or split the file", "")
		default:
			body = d.Body
		}
	}
	return body, nil
}

// syntax turns the parser's complaint into one of ours.
func (l *layer) syntax(err error) *Error {
	var y yaml.Error
	if !errors.As(err, &y) {
		return place{layer: l, line: 1, column: 1}.fault("", "the file cannot be read as YAML: "+err.Error(), "")
	}
	e := l.at(y.GetToken()).fault("", "", "")
	e.Message = "the file cannot be read as YAML: " + y.GetMessage()
	if strings.Contains(y.GetMessage(), "'\t'") {
		e.Message = "a tab cannot indent YAML: use spaces"
	}
	return e
}
