package ui

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// help says once for each class of failure that the tables name where to read
// about it.
func (p *printer) help(scenarios []record.ScenarioResult) {
	seen := map[record.Status]bool{}
	for _, sc := range scenarios {
		for _, e := range sc.Engines {
			for class, n := range e.Errors {
				seen[class] = seen[class] || n > 0
			}
		}
	}
	first := true
	for _, class := range record.ErrorClasses() {
		if !seen[class] || class == record.StatusCancelled {
			continue // a cancelled request was ended here, on purpose
		}
		if first {
			p.line("")
		}
		first = false
		p.line("%s: see %s", class, class.Help())
	}
}
