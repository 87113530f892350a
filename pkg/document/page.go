package document

import (
	"golang.org/x/net/html"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// page is the whole document.
func (v *view) page() *html.Node {
	doc := &html.Node{Type: html.DocumentNode}
	doc.AppendChild(&html.Node{Type: html.DoctypeNode, Data: "html"})
	el("html", attr("lang", "en"), v.head(), v.body())(doc)
	return doc
}

func (v *view) head() piece {
	meta := func(key name, of, content string) piece { return el("meta", attr(key, of), attr("content", content)) }
	return el("head", lines(
		el("meta", attr("charset", "utf-8")),
		meta("http-equiv", "Content-Security-Policy", v.Policy),
		meta("name", "viewport", "width=device-width, initial-scale=1"),
		meta("name", "color-scheme", "light dark"),
		meta("name", "referrer", "no-referrer"),
		el("title", text(v.Story.Title)),
		el("style", verbatim(v.Style)),
	))
}

func (v *view) body() piece {
	return el("body", lines(
		el("a", classed("skip"), href(fragment(story.SectionSummary)), text("Skip to the summary")),
		v.masthead(),
		v.controls(),
		el("div", classed("layout"), lines(v.contents(), el("main", each(v.Story.Sections, v.section)))),
		el("footer", el("p", text("Made by kubectl-llmbench. Charts by Apache ECharts 6.1.0 (Apache-2.0). This page loads nothing from anywhere."))),
		el("script", attr("type", "application/json"), attr("id", "data"), verbatim(v.Data)),
		each(v.Scripts, func(s source) piece { return el("script", verbatim(s)) }),
	))
}

func (v *view) masthead() piece {
	return el("header", classed("masthead"), lines(
		el("p", classed("eyebrow"), text("kubectl llmbench")),
		el("h1", text(v.Story.Title)),
		el("p", classed("subtitle"), text(v.Story.Subtitle)),
		each(v.Story.Banners, func(b story.Callout) piece { return banner(string(b.Tone), b.Title, b.Text+after(" ", b.Remedy)) }),
		el("noscript", banner(string(story.Caution), "No script", "Charts and filters need JavaScript; every number of them stands in the tables.")),
	))
}

func banner(tone, title, said string) piece {
	return el("p", classed("banner "+tone), el("strong", text(title)), text(" "+said))
}

// after is text behind a mark, both left out where there is none.
func after(mark, s string) string {
	if s == "" {
		return ""
	}
	return mark + s
}

// controls choose what is shown; the script shows them.
func (v *view) controls() piece {
	return el("div", classed("controls"), attr("role", "region"), attr("aria-label", "Filters and theme"), flag("hidden"), lines(
		el("details", classed("filters"), flag("open"),
			el("summary", text("Filter "), el("span", classed("chosen"), attr("role", "status"))), v.filters()),
		el("button", attr("type", "button"), classed("theme"), text("Dark")),
	))
}

func (v *view) filters() piece {
	fieldset := func(kind, legend string, chips piece) piece {
		return el("fieldset", classed(kind), el("legend", text(legend)), chips)
	}
	check := func(group, value string) piece {
		return el("input", attr("type", "checkbox"), attr("name", group), attr("value", value), flag("checked"))
	}
	return el("div", classed("fieldsets"), lines(
		fieldset("", "Engines", each(v.Engines, func(e engine) piece {
			return el("label", classed("chip "+e.Class), check("engine", e.Name), swatch(), text(e.Label))
		})),
		provided(len(v.Scenarios) > 1, fieldset("", "Scenarios", each(v.Scenarios, func(scenario string) piece {
			return el("label", classed("chip"), check("scenario", scenario), text(story.Printable(scenario)))
		}))),
		provided(len(v.Percentiles) > 0, fieldset("segmented", "Percentile", each(v.Percentiles, func(p percentile) piece {
			return el("label", classed("chip"),
				el("input", attr("type", "radio"), attr("name", "percentile"), attr("value", p.Key), provided(p.Key == "", flag("checked"))), text(p.Label))
		}))),
	))
}

func swatch() piece { return el("span", classed("swatch")) }

func (v *view) contents() piece {
	return el("nav", classed("contents"), attr("aria-label", "Contents"),
		el("details", flag("open"), el("summary", text("Contents")), el("ol", each(v.Story.Sections, func(s story.Section) piece {
			return lines(el("li", ifSet("data-scenario", s.Scenario), el("a", href(fragment(s.ID)), text(s.Title))))
		}))))
}

func (v *view) section(s story.Section) piece {
	title := s.ID + "-title"
	return lines(el("section", attr("id", s.ID), attr("aria-labelledby", title), ifSet("data-scenario", s.Scenario),
		lines(el("h2", attr("id", title), text(s.Title))),
		each(s.Blocks, func(b story.Block) piece { return lines(v.block(b)) })))
}
