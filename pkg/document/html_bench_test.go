package document

import (
	"fmt"
	"io"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// many makes a run of n times the sample's scenarios, each with its figures.
func many(s record.Summary, figures []chart.Figure, n int) (record.Summary, []chart.Figure) {
	scenarios, drawn := s.Scenarios, figures
	s.Scenarios, figures = nil, nil
	for i := range n {
		for _, sc := range scenarios {
			sc.Name = fmt.Sprintf("%s-%d", sc.Name, i)
			s.Scenarios = append(s.Scenarios, sc)
		}
		for _, f := range drawn {
			f.ID = fmt.Sprintf("%s-%d", f.ID, i)
			if f.Scenario != "" {
				f.Scenario = fmt.Sprintf("%s-%d", f.Scenario, i)
			}
			figures = append(figures, f)
		}
	}
	return s, figures
}

// BenchmarkHTML is what it costs to write the page of a story that is told
// already: of the sample, and of a run with a hundred times its scenarios.
func BenchmarkHTML(b *testing.B) {
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprintf("scenarios=x%d", n), func(b *testing.B) {
			s, figures := sample(b)
			s, figures = many(s, figures, n)
			st := story.Tell(s, figures)
			b.ReportAllocs()
			for b.Loop() {
				if err := HTML(io.Discard, s, st, figures); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
