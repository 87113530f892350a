package story

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

var statusTones = map[string]Tone{"pass": Good, "warn": Caution, "fail": Bad, "skip": Quiet}

func statusTone(status string) Tone { return statusTones[status] }

// fairness says whether the engines stood on even ground.
func fairness(s record.Summary) []Block {
	if len(s.Fairness) == 0 {
		return nil
	}
	t := Table{Caption: "Did the engines stand on even ground?", Columns: []Column{{Title: "Check"}, {Title: "Status"}, {Title: "What was found"}, {Title: "What to do"}}}
	for _, f := range s.Fairness {
		remedy := Cell{Text: "–", Tone: Quiet}
		if f.Remedy != "" {
			remedy = text(f.Remedy)
		}
		t.Rows = append(t.Rows, Row{Cells: []Cell{text(f.Check), {Text: Printable(f.Status), Tone: statusTone(f.Status)}, text(f.Detail), remedy}})
	}
	return []Block{t}
}

var severityTones = map[record.Severity]Tone{record.SeverityError: Bad, record.SeverityWarn: Caution, record.SeverityInfo: Plain}

// findings are what the reader should know of the ground and of the run, the
// worst first.
func findings(s record.Summary) []Block {
	if len(s.Findings) == 0 {
		return nil
	}
	t := Table{Caption: "Findings, the worst first", Columns: []Column{{Title: "Severity"}, {Title: "Subject"}, {Title: "What was found"}, {Title: "What to do"}}}
	for _, f := range bySeverity(s.Findings) {
		remedy := Cell{Text: "–", Tone: Quiet}
		if f.Remedy != "" {
			remedy = text(f.Remedy)
		}
		found := text(f.Message)
		found.Detail = Printable(f.ID)
		t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: Printable(string(f.Severity)), Tone: severityTones[f.Severity]}, text(f.Subject), found, remedy}})
	}
	return []Block{t}
}
