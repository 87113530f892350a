package verdict

import (
	"fmt"
	"maps"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// minSuccess is the share of attempts that must succeed for an engine to win
// anything by its speed: one that answers only what is easy looks fast.
const minSuccess = 0.95

// ground says who takes part in the verdict of a scenario. An engine is in one
// of its maps at most.
type ground struct {
	// rows are the engines that take part.
	rows []record.EngineResult
	// excluded may not win at all, failing not by speed; both hold the reason.
	excluded, failing map[string]string
}

func (g ground) all() map[string]string {
	if len(g.excluded)+len(g.failing) == 0 {
		return nil
	}
	all := maps.Clone(g.excluded)
	maps.Copy(all, g.failing)
	return all
}

// fit are the rows that may win by speed.
func (g ground) fit() []record.EngineResult {
	var fit []record.EngineResult
	for _, e := range g.rows {
		if g.failing[e.Engine] == "" {
			fit = append(fit, e)
		}
	}
	return fit
}

func (j judgement) ground() ground {
	g := ground{excluded: map[string]string{}, failing: map[string]string{}}
	rows := j.rowsByCondition(g)
	for _, apart := range []func([]record.EngineResult) map[string]string{j.otherModel, j.otherHardware, otherWay} {
		for engine, reason := range apart(rows) {
			if g.excluded[engine] == "" {
				g.excluded[engine] = reason
			}
		}
	}
	for _, e := range rows {
		if g.excluded[e.Engine] != "" {
			continue
		}
		g.rows = append(g.rows, e)
		if share, known := shareOf(j.sc, e).Get(); known && share < minSuccess {
			g.failing[e.Engine] = fmt.Sprintf("only %s of its requests succeeded, and an engine that fails more than %s may not win by speed", percent(share), percent(1-minSuccess))
		}
	}
	return g
}

// rowsByCondition leaves out the rows whose numbers are not the engine's.
func (j judgement) rowsByCondition(g ground) []record.EngineResult {
	var rows []record.EngineResult
	for _, e := range j.sc.Engines {
		switch {
		case e.Requests == 0 && j.sc.Kind != record.KindCapacity:
			g.excluded[e.Engine] = "nothing was measured"
		case e.Client != nil && e.Client.Verdict == record.ClientBound:
			g.excluded[e.Engine] = "client-bound: " + strings.Join(e.Client.Reasons, "; ")
		case hasFinding(j.summary.Findings, "buffered-stream", e.Engine, j.sc.Name):
			g.excluded[e.Engine] = "its stream is buffered on the way, so its first token is not the engine's"
		default:
			rows = append(rows, e)
		}
	}
	return rows
}

// hasFinding says whether there is such a finding of an engine; those of a
// scenario name it at the beginning of their message.
func hasFinding(findings []record.Finding, id, engine, scenario string) bool {
	for _, f := range findings {
		if f.ID == id && f.Subject == engine && strings.HasPrefix(f.Message, "in "+scenario+": ") {
			return true
		}
	}
	return false
}

func (j judgement) info(engine string) record.EngineInfo { return infoOf(*j.summary, engine) }

func infoOf(s record.Summary, engine string) record.EngineInfo {
	for _, e := range s.Environment.Engines {
		if e.Engine == engine {
			return e
		}
	}
	return record.EngineInfo{Engine: engine}
}

// otherModel finds the engines that serve another model than most.
func (j judgement) otherModel(rows []record.EngineResult) map[string]string {
	return oddOnes(rows, func(a, b string) bool {
		return compareModels(j.info(a).Model, j.info(b).Model) == differ
	}, func(engine string) string { return "it serves another model, " + j.info(engine).Model })
}

// otherHardware finds the engines that have other GPUs than most.
func (j judgement) otherHardware(rows []record.EngineResult) map[string]string {
	return oddOnes(rows, func(a, b string) bool {
		x, y := j.info(a).GPU, j.info(b).GPU
		return x != nil && y != nil && *x != *y
	}, func(engine string) string { return "it has other GPUs, " + gpuName(*j.info(engine).GPU) })
}

func gpuName(g record.GPU) string { return fmt.Sprintf("%d x %s", g.Count, g.Product) }

// oddOnes are the engines that differ from the most common ground. Where more
// than half agree with each other the rest are odd; where no such majority is,
// nobody can be compared, and all that differ from somebody are.
func oddOnes(rows []record.EngineResult, unlike func(a, b string) bool, reason func(engine string) string) map[string]string {
	odd := map[string]string{}
	for _, a := range rows {
		against, agree := 0, 0
		for _, b := range rows {
			if unlike(a.Engine, b.Engine) {
				against++
			} else {
				agree++ // itself included
			}
		}
		if against > 0 && 2*agree <= len(rows) {
			odd[a.Engine] = reason(a.Engine)
		}
	}
	return odd
}

// viaTunnel is the way in that adds more than any other and has a limit of its own.
const viaTunnel = "port-forward"

// otherWay finds the engines behind a port-forward where others were reached
// without one. Where more engines have the tunnel than not, those without one
// are the odd ones.
func otherWay(rows []record.EngineResult) map[string]string {
	tunnels := 0
	for _, e := range rows {
		if e.Via == viaTunnel {
			tunnels++
		}
	}
	odd := map[string]string{}
	if tunnels == 0 || tunnels == len(rows) {
		return odd
	}
	keepTunnels := 2*tunnels > len(rows)
	for _, e := range rows {
		switch {
		case e.Via == viaTunnel && !keepTunnels:
			odd[e.Engine] = "it was reached through a port-forward and others were not"
		case e.Via != viaTunnel && keepTunnels:
			odd[e.Engine] = "it was reached by " + orUnknown(e.Via) + " and the others through a port-forward"
		}
	}
	return odd
}

func orUnknown(s string) string {
	if s == "" {
		return "an unknown way"
	}
	return s
}
