package document

import (
	"fmt"
	"net/url"

	"golang.org/x/net/html"
)

// The page is a tree of nodes, which golang.org/x/net/html writes. It escapes
// every text and every attribute; nothing here writes markup as text. A template
// of html/template would do the same, but calls methods by names that it learns
// while it runs, so that the linker could leave out none of any type in the whole
// program (docs/adr/0017-the-page-is-a-tree.md).

// piece is what an element is made of: an attribute or something in it.
type piece func(*html.Node)

// name is what an element or an attribute is called. It is a type of its own
// because it is not escaped: a text from a run is a string, and does not fit.
type name string

// address is where a link leads. Only fragment and inRun make one.
type address string

// source is a script, a style or data that stands in the page as it is.
type source string

// el is an element.
func el(tag name, pieces ...piece) piece {
	n := &html.Node{Type: html.ElementNode, Data: string(tag)}
	for _, add := range pieces {
		add(n)
	}
	return func(parent *html.Node) { parent.AppendChild(n) }
}

// text is text, whatever it holds.
func text(s string) piece {
	return func(parent *html.Node) {
		switch parent.Data {
		case "script", "style", "noscript":
			panic(fmt.Sprintf("text in <%s> would not be escaped", parent.Data))
		}
		parent.AppendChild(&html.Node{Type: html.TextNode, Data: s})
	}
}

// verbatim is the content of a script or a style, in which HTML has no escapes.
func verbatim(s source) piece {
	return func(parent *html.Node) { parent.AppendChild(&html.Node{Type: html.TextNode, Data: string(s)}) }
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

// attr is an attribute that loads and runs nothing, whatever its value.
func attr(key name, value string) piece {
	return func(n *html.Node) { n.Attr = append(n.Attr, html.Attribute{Key: string(key), Val: value}) }
}

// href is the attribute of a link.
func href(to address) piece { return attr("href", string(to)) }

// fragment leads to an element of the page.
func fragment(id string) address { return address((&url.URL{Fragment: id}).String()) }

// inRun leads to a file of the run's directory.
func inRun(file string) address { return address(relative(file)) }

// classed is a class attribute, left out where there is none.
func classed(classes string) piece { return ifSet("class", classes) }

// ifSet is an attribute that is left out where its value is empty.
func ifSet(key name, value string) piece { return provided(value != "", attr(key, value)) }

// flag is an attribute without a value.
func flag(key name) piece { return attr(key, "") }

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
