package story

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// environment is the ground that the run stood on.
func environment(s record.Summary) []Block {
	blocks := []Block{Definitions{Terms: ground(s)}, engineTable(s), wayTable(s)}
	if t := nodeTable(s); len(t.Rows) > 0 {
		blocks = append(blocks, t)
	}
	return blocks
}

func ground(s record.Summary) []Term {
	terms := []Term{{"Run", Printable(s.RunID)}}
	if c := s.Environment.Cluster; c != nil {
		terms = append(terms, Term{"Cluster", Printable(platform(*c))})
	}
	if d := elapsed(s); d > 0 {
		terms = append(terms, Term{"Duration", Duration(d)})
	}
	return append(terms,
		Term{"Measured by", Printable(dashed("kubectl-llmbench "+s.Tool.Version, s.Tool.Commit, s.Tool.Go, s.Tool.OS, s.Tool.Arch))},
		Term{"Clock", clock(s.Tool.Clock)})
}

func clock(c record.Clock) string {
	switch c {
	case record.ClockKernel:
		return "kernel: arrivals carry the kernel’s receive stamps"
	case record.ClockUser:
		return "user: arrivals are stamped after the read, which is late on a busy machine"
	}
	return NotAvailable
}

func engineTable(s record.Summary) Table {
	t := Table{Caption: "Engines under test", Columns: []Column{
		{Title: "Engine"}, {Title: "Model"}, {Title: "Precision"}, {Title: "Context", Unit: "tokens", Number: true}, {Title: "GPU"}, {Title: "Node"}, {Title: "Replicas", Number: true}, {Title: "Image"}}}
	for _, e := range s.Environment.Engines {
		name := text(dashed(e.Engine, e.Version))
		name.Detail = Printable(e.Kind)
		image := text(e.Image)
		image.Detail = Printable(dashed(e.ImageDigest, strings.Join(e.Args, " ")))
		t.Rows = append(t.Rows, Row{Engine: e.Engine, Cells: []Cell{name, text(e.Model), text(e.DtypeOrQuantisation),
			positive(e.ContextLength), gpu(e.GPU), text(e.Node), positive(e.Replicas), image}})
	}
	return t
}

func wayTable(s record.Summary) Table {
	t := Table{Caption: "How each engine was reached", Columns: []Column{
		{Title: "Engine"}, {Title: "Via"}, {Title: "Tunnel adds", Unit: "ms", Number: true}, {Title: "Certificate"}, {Title: "Endpoint"}}}
	for _, e := range s.Environment.Engines {
		cert := Cell{Text: "no TLS", Tone: Quiet}
		switch {
		case e.InsecureTLS:
			cert = Cell{Text: "not verified", Tone: Caution}
		case strings.HasPrefix(e.Endpoint, "https:"):
			cert = Cell{Text: "verified", Tone: Good}
		}
		adds := number(e.TunnelOverheadMS)
		if e.Tunnel == nil && adds.Missing {
			adds = Cell{Text: "no tunnel", Tone: Quiet}
		}
		t.Rows = append(t.Rows, Row{Engine: e.Engine, Cells: []Cell{text(e.Engine), text(e.Via), adds, cert, text(e.Endpoint)}})
	}
	return t
}

func nodeTable(s record.Summary) Table {
	t := Table{Caption: "Nodes", Columns: []Column{{Title: "Node"}, {Title: "GPU"}, {Title: "Labels"}}}
	for _, n := range s.Environment.Nodes {
		var labels []string
		for _, k := range slices.Sorted(maps.Keys(n.Labels)) {
			labels = append(labels, k+"="+n.Labels[k])
		}
		t.Rows = append(t.Rows, Row{Cells: []Cell{text(n.Name), gpu(n.GPU), text(strings.Join(labels, ", "))}})
	}
	return t
}

func positive(n int) Cell {
	if n <= 0 {
		return missing("")
	}
	return count(int64(n))
}

func gpu(g *record.GPU) Cell {
	if g == nil {
		return missing("")
	}
	return text(fmt.Sprintf("%d × %s", g.Count, g.Product))
}
