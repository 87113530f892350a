package chart

import (
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// fewestSpokes is what a radar needs to have an area.
const fewestSpokes = 3

// unknownScore stands for a score that is not known.
const unknownScore = -1

// spokes are the dimensions in the order of their spokes.
var spokes = []struct{ dimension, name string }{
	{record.DimensionFirstToken, "First token"},
	{record.DimensionSteadiness, "Steadiness"},
	{record.DimensionThroughput, "Throughput"},
	{record.DimensionReliability, "Reliability"},
	{record.DimensionTail, "Tail"},
}

const radarNote = "Scores from 0 to 100, outside is better; a gap in an outline is a score that is not known."

// radar shows the scores of one scenario's verdict.
func (d describer) radar(sc record.ScenarioResult) []Figure {
	p := d.radarPanel(func(dimension, engine string) float64 { return score(sc, dimension, engine) })
	if len(p.Spokes) < fewestSpokes {
		return nil
	}
	f := d.figure(KindRadar, "radar", "Scores by dimension", sc)
	f.Panels, f.Note = []Panel{p}, radarNote+excluded(sc.Verdict, d.engines)
	return []Figure{f}
}

// overallRadar averages scores over the scenarios that have them. Where only
// one has, its own radar says all.
func (d describer) overallRadar() []Figure {
	scored := 0
	for _, sc := range d.s.Scenarios {
		if len(d.radar(sc)) > 0 {
			scored++
		}
	}
	if scored < 2 {
		return nil
	}
	p := d.radarPanel(d.meanScore)
	return []Figure{{
		ID: "radar", Kind: KindRadar, Title: "Scores by dimension, mean of all scenarios", Subtitle: d.under(d.s.Name),
		Engines: d.engines, Panels: []Panel{p}, Note: radarNote,
	}}
}

// meanScore averages an engine's scores in a dimension over every scenario that
// scored anyone in it. It is unknown where one of them did not score this
// engine: a mean over fewer scenarios than the others' would compare unlike
// things.
func (d describer) meanScore(dimension, engine string) float64 {
	sum, n := 0.0, 0
	for _, sc := range d.s.Scenarios {
		if !slices.ContainsFunc(d.engines, func(e string) bool { return score(sc, dimension, e) >= 0 }) {
			continue
		}
		v := score(sc, dimension, engine)
		if v < 0 {
			return unknownScore
		}
		sum, n = sum+v, n+1
	}
	if n == 0 {
		return unknownScore
	}
	return sum / float64(n)
}

// radarPanel has a spoke for each dimension that somebody is scored in, and a
// blade for each engine that is scored at all.
func (d describer) radarPanel(of func(dimension, engine string) float64) Panel {
	var p Panel
	blades := make([]Blade, len(d.engines))
	for _, s := range spokes {
		scores, scored := make([]float64, len(d.engines)), false
		for i, engine := range d.engines {
			scores[i] = of(s.dimension, engine)
			scored = scored || scores[i] >= 0
		}
		if !scored {
			continue
		}
		p.Spokes = append(p.Spokes, s.name)
		for i := range blades {
			blades[i].Engine, blades[i].Scores = d.engines[i], append(blades[i].Scores, scores[i])
		}
	}
	for _, b := range blades {
		if slices.ContainsFunc(b.Scores, func(v float64) bool { return v >= 0 }) {
			p.Blades = append(p.Blades, b)
		}
	}
	return p
}

// score is an engine's score in a dimension of a scenario, unknownScore where
// there is none.
func score(sc record.ScenarioResult, dimension, engine string) float64 {
	if sc.Verdict == nil {
		return unknownScore
	}
	for _, dim := range sc.Verdict.Dimensions {
		if v, ok := dim.Scores[engine]; ok && dim.Name == dimension && isFinite(v) {
			return min(max(v, 0), 100)
		}
	}
	return unknownScore
}
