//go:build browser

package browser

import (
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// rename gives the first engine another name wherever it is called by it.
func rename(s *record.Summary, figures []chart.Figure, name string) {
	old := s.Environment.Engines[0].Engine
	s.Environment.Engines[0].Engine, s.Environment.Engines[0].Model = name, name
	for i := range s.Scenarios {
		for j := range s.Scenarios[i].Engines {
			if e := &s.Scenarios[i].Engines[j]; e.Engine == old {
				e.Engine = name
			}
		}
	}
	for i := range figures {
		figures[i].Note = name
		for j := range figures[i].Panels {
			renamePanel(&figures[i].Panels[j], old, name)
		}
	}
}

func renamePanel(p *chart.Panel, old, name string) {
	p.Title = name
	for i, c := range p.X.Categories {
		if c == old {
			p.X.Categories[i] = name
		}
	}
	for i := range p.Bars {
		if p.Bars[i].Engine == old {
			p.Bars[i].Engine = name
		}
	}
	for i := range p.Lines {
		if p.Lines[i].Engine == old {
			p.Lines[i].Engine = name
		}
	}
	for i := range p.Blades {
		if p.Blades[i].Engine == old {
			p.Blades[i].Engine = name
		}
	}
}

// withoutScript loads the page again with scripts switched off; the test's own
// still run.
func (p *tab) withoutScript() {
	p.t.Helper()
	order(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	p.run(chromedp.Reload())
}
