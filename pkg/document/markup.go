package document

import "golang.org/x/net/html"

// The page is a tree of nodes, which golang.org/x/net/html writes. It escapes
// every text and every attribute; nothing here writes markup as text. A template
// of html/template would do the same, but calls methods by names that it learns
// while it runs, so that the linker could leave out none of any type in the whole
// program (docs/adr/0017-the-page-is-a-tree.md).

// piece is what an element is made of: an attribute or something in it.
type piece func(*html.Node)

// el is an element.
func el(tag string, pieces ...piece) piece {
	n := &html.Node{Type: html.ElementNode, Data: tag}
	for _, add := range pieces {
		add(n)
	}
	return func(parent *html.Node) { parent.AppendChild(n) }
}

// text is text, whatever it holds.
func text(s string) piece {
	return func(parent *html.Node) { parent.AppendChild(&html.Node{Type: html.TextNode, Data: s}) }
}

// lines are pieces that begin a line each, to keep the page's source readable.
func lines(pieces ...piece) piece {
	return func(n *html.Node) {
		for _, add := range pieces {
			text("\n")(n)
			add(n)
		}
	}
}

// attr is an attribute. Values of attributes that load or run something must be
// the program's own.
func attr(key, value string) piece {
	return func(n *html.Node) { n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value}) }
}

// classed is a class attribute, left out where there is none.
func classed(name string) piece { return ifSet("class", name) }

// ifSet is an attribute that is left out where its value is empty.
func ifSet(key, value string) piece { return provided(value != "", attr(key, value)) }

// flag is an attribute without a value.
func flag(key string) piece { return attr(key, "") }

// all is several pieces as one.
func all(pieces ...piece) piece {
	return func(n *html.Node) {
		for _, add := range pieces {
			add(n)
		}
	}
}

// provided is pieces where a condition holds, and nothing elsewhere.
func provided(on bool, pieces ...piece) piece {
	if !on {
		return func(*html.Node) {}
	}
	return all(pieces...)
}

// each is a piece for every value.
func each[T any](values []T, form func(T) piece) piece {
	pieces := []piece{}
	for _, v := range values {
		pieces = append(pieces, form(v))
	}
	return all(pieces...)
}
