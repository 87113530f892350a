package ui

import (
	"strconv"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// serverViews writes a table of what engines say of themselves beside what was sent
// to them; nothing where none of them says anything.
func (p *printer) serverViews(sc record.ScenarioResult) {
	var rows [][]string
	for _, e := range sc.Engines {
		if e.Server != nil {
			rows = append(rows, p.serverRow(e.Engine, e.Server))
		}
	}
	if len(rows) == 0 {
		return
	}
	p.line("")
	p.table([]column{
		{title: "ITS OWN VIEW"}, {title: "REQUESTS", number: true}, {title: "OURS", number: true}, {title: "FOREIGN", number: true},
		{title: "QUEUE MEAN/MAX", number: true}, {title: "RUNNING MEAN/MAX", number: true}, {title: "KV MAX", number: true}, {title: "PREEMPTED", number: true},
		{title: "TTFT MEAN", number: true}, {title: "SEEN HERE", number: true},
	}, rows)
}

func (p *printer) serverRow(engine string, v *record.ServerView) []string {
	foreign := count(v.ForeignRequests)
	if v.ForeignRequests.Or(0) > 0 {
		foreign = p.colour.in(caution, foreign)
	}
	first, own := "-", "-"
	if t := v.TTFTMS; t != nil {
		first, own = number(record.Some(t.Mean)), number(t.OwnMean)
	}
	cache := "-"
	if v.KVCache != nil {
		cache = number(record.Some(v.KVCache.Max*100)) + " %"
	}
	return []string{
		Printable(engine), count(v.RequestsDelta), count(v.OwnRequests), foreign,
		gauge(v.Queue), gauge(v.Running), cache, count(v.Preemptions), first, own,
	}
}

// count writes a count, or a dash where it is unknown.
func count(n record.Int) string {
	if v, known := n.Get(); known {
		return strconv.FormatInt(v, 10)
	}
	return "-"
}

func gauge(g *record.Gauge) string {
	if g == nil {
		return "-"
	}
	return number(record.Some(g.Mean)) + "/" + strconv.FormatFloat(g.Max, 'g', 4, 64)
}
