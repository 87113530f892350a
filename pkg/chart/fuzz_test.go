package chart

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// maker makes figures of whatever a program could put into one.
type maker struct{ *rand.Rand }

func (m maker) number() float64 {
	switch m.IntN(12) {
	case 0:
		return math.NaN()
	case 1:
		return math.Inf(1 - 2*m.IntN(2))
	case 2:
		return 0
	case 3:
		return -m.Float64()
	case 4:
		return math.MaxFloat64 * (m.Float64() - 0.5)
	case 5:
		return math.Pow(10, 200*m.Float64()-100)
	case 6:
		return 7
	}
	return 1000 * m.Float64()
}

func (m maker) name() string {
	return []string{"", "vllm", "tgi", strings.Repeat("long-name ", 6), "<&>\"'", "\x00\xff\u202e", "日本語", fmt.Sprint("e", m.IntN(12))}[m.IntN(8)]
}

func (m maker) names() []string { return m.times(m.name) }

func (m maker) times(one func() string) (all []string) {
	for range m.IntN(5) * m.IntN(4) {
		all = append(all, one())
	}
	return all
}

func (m maker) interval() *[2]float64 {
	if m.IntN(2) == 0 {
		return nil
	}
	return &[2]float64{m.number(), m.number()}
}

func (m maker) numbers() (all []float64) {
	for range m.IntN(8) {
		all = append(all, m.number())
	}
	return all
}

func (m maker) axis() Axis {
	a := Axis{Label: m.name(), Unit: m.name(), Log: m.IntN(2) == 0}
	if m.IntN(2) == 0 {
		a.Categories = m.names()
	}
	return a
}

func (m maker) panel() Panel {
	p := Panel{Title: m.name(), X: m.axis(), Y: m.axis()}
	category := func() string {
		if n := len(p.X.Categories); n > 0 && m.IntN(5) > 0 {
			return p.X.Categories[m.IntN(n)]
		}
		return m.name()
	}
	for range m.IntN(9) {
		switch m.IntN(6) {
		case 0:
			p.Boxes = append(p.Boxes, Box{
				Engine: m.name(), Category: category(), N: m.IntN(9), Low: m.number(), Q1: m.number(), Median: m.number(),
				Q3: m.number(), High: m.number(), Outliers: m.numbers(), MedianCI: m.interval(),
			})
		case 1:
			p.Bars = append(p.Bars, Bar{Engine: m.name(), Category: category(), Value: m.number(), CI: m.interval()})
		case 2:
			l := Line{Engine: m.name(), Name: m.name(), Dashed: m.IntN(2) == 0, Step: m.IntN(2) == 0}
			for range m.IntN(30) {
				l.Points = append(l.Points, Point{m.number(), m.number()})
			}
			p.Lines = append(p.Lines, l)
		case 3:
			p.Marks = append(p.Marks, Mark{m.number(), m.name()})
		case 4:
			p.Blades = append(p.Blades, Blade{Engine: m.name(), Scores: m.numbers()})
			if m.IntN(3) == 0 {
				p.Spokes = m.names()
			}
		case 5:
			if m.IntN(9) == 0 {
				p.Empty = m.name()
			}
		}
	}
	return p
}

func (m maker) figure() Figure {
	f := Figure{ID: m.name(), Title: m.name(), Subtitle: m.name(), Note: m.name() + " " + m.name(), Engines: m.names()}
	for range m.IntN(7) {
		f.Panels = append(f.Panels, m.panel())
	}
	return f
}

// FuzzDraw draws figures of numbers and names that no run should have, at any
// size and both ways: each must become a picture.
func FuzzDraw(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, 200, 100, seed%2 == 0)
	}
	f.Add(uint64(1), 120, 120, false)
	f.Add(uint64(2), 120, 900, true)
	f.Fuzz(func(t *testing.T, seed uint64, width, height int, dark bool) {
		figure := maker{rand.New(rand.NewPCG(seed, 0))}.figure()
		o := Look{Width: smallest + int(uint(width)%400), Height: smallest + int(uint(height)%400), Dark: dark, Simulated: dark}
		picture, svg := render(t, figure, o)
		if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
			t.Error(err)
		}
		parse(t, svg)
	})
}
