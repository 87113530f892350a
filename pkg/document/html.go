package document

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"

	"golang.org/x/net/html"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

var (
	//go:embed assets/echarts.min.js
	echarts string
	//go:embed page.css
	style string
	//go:embed draw/axes.js
	drawAxes string
	//go:embed draw/columns.js
	drawColumns string
	//go:embed draw/lines.js
	drawLines string
	//go:embed draw/radar.js
	drawRadar string
	//go:embed page.js
	pageScript string
)

// chartScript makes the object draw of the files in the folder of that name.
var chartScript = "\"use strict\";\nconst draw = (() => {\n" + drawAxes + drawColumns + drawLines + drawRadar + "return { option, caption };\n})();\n"

// HTML writes the interactive report of a run as one self-contained file. The
// links in it lead from the reports folder of the run's directory. A figure that
// the story does not refer to is not drawn. It fails only where w does, or where
// a figure holds what JSON cannot (NaN, an infinity).
func HTML(w io.Writer, s record.Summary, st story.Story, figures []chart.Figure) error {
	v, err := newView(s, st, figures)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := html.Render(&b, v.page()); err != nil {
		return fmt.Errorf("render the HTML report of run %q: %w", s.RunID, err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the HTML report of run %q: %w", s.RunID, err)
	}
	return nil
}
