package ui

import (
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// busy is a board on which three engines have had ten thousand requests each.
func busy() *board {
	p := plan
	p.Engines = []record.EngineInfo{{Engine: "vllm"}, {Engine: "tgi"}, {Engine: "ollama"}}
	b := newBoard(p, nil)
	b.take(bench.Event{Kind: bench.EventScenario, Scenario: "ttft"})
	for _, e := range p.Engines {
		b.take(bench.Event{Kind: bench.EventBlock, Engine: e.Engine})
		for i := range 10_000 {
			b.take(request(e.Engine, record.StatusOK, 10+float64(i)))
		}
	}
	return b
}

// BenchmarkRedraw is what one drawing costs where every engine has something
// new; there are four a second.
func BenchmarkRedraw(bm *testing.B) {
	b := busy()
	c := canvas{width: 120, height: 40, colour: true}
	for bm.Loop() {
		for _, e := range b.engines {
			b.take(request(e.name, record.StatusOK, 42))
		}
		c.draw(b.read(), view{name: "run"})
	}
}

// BenchmarkNotify is what whoever ends a request pays for being shown.
func BenchmarkNotify(bm *testing.B) {
	b := busy()
	e := request("ollama", record.StatusOK, 42)
	for bm.Loop() {
		b.take(e)
	}
}
