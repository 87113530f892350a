package document

import (
	"fmt"
	"strconv"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// block is one part of a section.
func (v *view) block(b story.Block) piece {
	switch b := b.(type) {
	case story.Heading:
		return el("h3", text(b.Text))
	case story.Paragraph:
		return el("p", text(b.Text))
	case story.Callout:
		return callout(b)
	case story.Table:
		return v.table(b)
	case story.FigureRef:
		return v.figure(b)
	case story.List:
		return list(b)
	case story.Definitions:
		return el("dl", each(b.Terms, func(t story.Term) piece {
			return el("div", el("dt", text(t.Name)), el("dd", text(t.Text)))
		}))
	case story.Links:
		return el("ul", classed("links"), each(b.Items, func(l story.Link) piece {
			return el("li", el("a", href(inRun(l.Path)), text(l.Path)), text(" "), el("span", text(l.Text)))
		}))
	}
	panic(fmt.Sprintf("the page has no form for %T", b))
}

// about says which engine and scenario an element is about, for the filters.
func about(engine, scenario string) piece {
	return all(ifSet("data-engine", engine), ifSet("data-scenario", scenario))
}

func callout(b story.Callout) piece {
	return el("div", classed("callout "+string(b.Tone)), about(b.Engine, b.Scenario),
		el("p", classed("headline"), text(b.Title)),
		provided(b.Text != "", el("p", text(b.Text))),
		provided(b.Remedy != "", el("p", classed("remedy"), text(b.Remedy))))
}

func list(b story.List) piece {
	tag, kind := name("ul"), "statements"
	if b.Ordered {
		tag, kind = "ol", "steps"
	}
	return el(tag, classed(kind), each(b.Items, func(i story.Item) piece {
		return lines(el("li", classed(string(i.Tone)), about(i.Engine, i.Scenario),
			provided(i.Label != "", el("span", classed("label"), text(i.Label)), text(" ")),
			el("span", classed("said"), text(i.Text)),
			provided(i.Detail != "", text(" "), detail(i.Detail))))
	}))
}

func detail(s string) piece { return el("small", text(s)) }

func (v *view) figure(b story.FigureRef) piece {
	return el("figure", attr("data-figure", b.ID), ifSet("data-scenario", b.Scenario), lines(
		el("figcaption", el("h3", text(b.Title)),
			provided(b.Subtitle != "", el("p", classed("conditions"), text(b.Subtitle))),
			provided(b.Note != "", el("p", text(b.Note)))),
		el("div", classed("drawing"), flag("hidden"), lines(
			el("p", classed("legend"), attr("aria-hidden", "true"), each(v.legend(b.ID), func(e engine) piece {
				return el("span", classed(e.Class), attr("data-engine", e.Name), swatch(), text(e.Label))
			})),
			el("div", classed("panels"), each(v.panels(b.ID), func(i int) piece {
				return el("div", classed("panel"), attr("data-panel", strconv.Itoa(i)))
			})))),
		provided(len(b.Tables) > 0, el("details", classed("numbers"), flag("open"),
			el("summary", text("The numbers of this chart")), each(b.Tables, v.table))),
	))
}

func (v *view) table(t story.Table) piece {
	return el("div", classed("tablebox"),
		el("div", classed("scroll"), attr("role", "region"), attr("tabindex", "0"), attr("aria-label", t.Caption),
			el("table", lines(
				el("caption", el("span", text(t.Caption))),
				el("thead", el("tr", each(t.Columns, heading))),
				el("tbody", each(t.Rows, func(r story.Row) piece { return lines(v.row(t, r)) }))))),
		provided(t.Note != "", el("p", classed("note"), text(t.Note))))
}

func heading(c story.Column) piece {
	return el("th", attr("scope", "col"), column(c), text(c.Title), provided(c.Unit != "", text(" "), el("span", classed("unit"), text(c.Unit))))
}

func (v *view) row(t story.Table, r story.Row) piece {
	cells := []piece{about(r.Engine, r.Scenario)}
	for i, c := range r.Cells {
		said := all(text(c.Text), provided(c.Detail != "", detail(c.Detail)))
		if i == 0 {
			cells = append(cells, el("th", attr("scope", "row"), classed(v.class(r.Engine)+after(" ", string(c.Tone))), column(t.Columns[i]), said))
			continue
		}
		cells = append(cells, el("td", classed(string(c.Tone)), column(t.Columns[i]), said))
	}
	return el("tr", cells...)
}

// column says what a column's cells hold, for the filters and the style.
func column(c story.Column) piece {
	return all(provided(c.Number, flag("data-number")), ifSet("data-percentile", c.Percentile), ifSet("data-engine", c.Engine))
}
