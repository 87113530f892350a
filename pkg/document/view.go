package document

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// view is what the page is made from.
type view struct {
	Story story.Story
	// Policy is the Content-Security-Policy.
	Policy string
	Style  source
	// Scripts are the program's own, Data is the JSON that they draw from.
	Scripts   []source
	Data      source
	Engines   []engine
	Scenarios []string
	// Percentiles are those to choose from, none where no figure has any.
	Percentiles []percentile
	figures     map[string]chart.Figure
	classes     map[string]string
}

// engine is one engine under test and the class that holds its colour.
type engine struct{ Name, Label, Class string }

type percentile struct{ Key, Label string }

func newView(s record.Summary, st story.Story, figures []chart.Figure) (*view, error) {
	names := story.Engines(s)
	light, dark := chart.Colours(s, false), chart.Colours(s, true)
	data, err := json.Marshal(map[string]any{"figures": figures, "engines": names, "colours": map[string]any{"light": light, "dark": dark}})
	if err != nil {
		return nil, fmt.Errorf("put the figures of run %q into the HTML report: %w", s.RunID, err)
	}
	v := &view{
		Story: st, figures: map[string]chart.Figure{}, classes: map[string]string{},
		Style:   source(style + engineStyle(names, light, dark)), // of checked colours only
		Scripts: []source{source(echarts), source(chartScript), source(pageScript)},
		Data:    source(data), // json.Marshal escapes what could end a script
	}
	for i, name := range names {
		class := fmt.Sprintf("e%d", i)
		v.Engines, v.classes[name] = append(v.Engines, engine{name, story.Printable(name), class}), class
	}
	for _, sc := range s.Scenarios {
		v.Scenarios = append(v.Scenarios, sc.Name)
	}
	for _, f := range figures {
		v.figures[f.ID] = f
	}
	if hasPercentiles(figures) {
		v.Percentiles = []percentile{{"", "All"}, {"p50", "P50"}, {"p95", "P95"}, {"p99", "P99"}}
	}
	v.Policy = policy(string(v.Style), echarts, chartScript, pageScript)
	return v, nil
}

// class is the class that holds an engine's colour, "" for what is none.
func (v *view) class(engine string) string { return v.classes[engine] }

// panels counts the panels of a figure, as the numbers from 0.
func (v *view) panels(figure string) []int {
	all := make([]int, len(v.figures[figure].Panels))
	for i := range all {
		all[i] = i
	}
	return all
}

// legend lists the engines that a figure shows.
func (v *view) legend(figure string) []engine {
	shown := map[string]bool{}
	for _, p := range v.figures[figure].Panels {
		for _, b := range p.Boxes {
			shown[b.Engine] = true
		}
		for _, b := range p.Bars {
			shown[b.Engine] = true
		}
		for _, l := range p.Lines {
			shown[l.Engine] = true
		}
		for _, b := range p.Blades {
			shown[b.Engine] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(v.Engines), func(e engine) bool { return !shown[e.Name] })
}

// hasPercentiles says whether any figure tells percentiles apart.
func hasPercentiles(figures []chart.Figure) bool {
	for _, f := range figures {
		for _, p := range f.Panels {
			for _, l := range p.Lines {
				if isPercentile(l.Name) {
					return true
				}
			}
			for _, b := range p.Bars {
				if isPercentile(b.Category) {
					return true
				}
			}
		}
	}
	return false
}

func isPercentile(name string) bool {
	switch strings.ToLower(name) {
	case "p50", "p95", "p99":
		return true
	}
	return false
}

// relative makes the target of a link: a file of the run's directory, seen from
// its reports folder. What would leave that directory leads nowhere.
func relative(file string) string {
	clean := path.Clean("/" + file)
	return (&url.URL{Path: ".." + clean}).String()
}
