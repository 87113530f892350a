package config

import (
	"fmt"
	"iter"

	"github.com/goccy/go-yaml/ast"
)

// mapKey is a key of a mapping and where it stands.
type mapKey struct {
	name string
	place
}

// entries yields the keys and values of a mapping; ok is false, and the
// problem noted, where the node is none. Duplicate keys and keys that are not
// plain names are noted and left out.
func (r *reader) entries(n ast.Node, s *spec, path string) (seq iter.Seq2[mapKey, ast.Node], ok bool) {
	m, ok := n.(ast.MapNode)
	if !ok {
		r.mistyped(n, s, path)
		return nil, false
	}
	return func(yield func(mapKey, ast.Node) bool) {
		first := map[string]int{}
		for it := m.MapRange(); it.Next(); {
			key := mapKey{place: r.at(it.Key().GetToken())}
			name, plain := it.Key().(*ast.StringNode)
			if !plain && it.Key().IsMergeKey() {
				r.fault(key.place, join(path, "<<"), noAnchors, "")
				continue
			}
			if !plain {
				r.fault(key.place, join(path, "?"), "a key must be a plain name here: want one of the names in the documentation", "")
				continue
			}
			key.name = name.Value
			if line, again := first[key.name]; again {
				r.fault(key.place, join(path, key.name), fmt.Sprintf("key %q stands here a second time; the first is on line %d", key.name, line), "")
				continue
			}
			first[key.name] = key.line
			if !yield(key, it.Value()) {
				return
			}
		}
	}, true
}

const noAnchors = "anchors, aliases and merge keys are not supported: write the value out"

// unsupported says why a node is refused whatever it holds, "" if it is not.
func unsupported(n ast.Node) string {
	switch n.Type() {
	case ast.AnchorType, ast.AliasType:
		return noAnchors
	case ast.TagType:
		return "YAML tags are not supported: delete the tag"
	}
	return ""
}
