package infra

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// stored is how an engine's weights are stored.
type stored struct {
	// bits for each weight, as a rule; 0 where unknown.
	bits int
	text string
	// sure says that the engine or its pod said it.
	sure bool
}

// The formats of weights by their bits, as engines and names write them. A
// quantised format goes before the one that it is computed in.
var formats = []format{
	formatOf(4, `awq|gptq|int4|i?q4|w4a16|4bit|nf4|fp4|mxfp4|nvfp4`),
	formatOf(8, `fp8|int8|i?q8|w8a8|w8a16|8bit|eetq|bitsandbytes`),
	formatOf(6, `i?q6`),
	formatOf(5, `i?q5`),
	formatOf(3, `i?q3`),
	formatOf(2, `i?q2`),
	formatOf(32, `float32|fp32|f32|float`),
	formatOf(16, `bfloat16|float16|bf16|fp16|f16|half`),
}

type format struct {
	bits int
	text *regexp.Regexp
}

// formatOf matches words that stand alone in a name.
func formatOf(bits int, words string) format {
	return format{bits, regexp.MustCompile(`(?i)(?:^|[^a-z0-9])(?:` + words + `)(?:[^a-z0-9]|$)`)}
}

func bitsOf(text string) int {
	for _, f := range formats {
		if f.text.MatchString(text) {
			return f.bits
		}
	}
	return 0
}

// precisionOf is how an engine's weights are stored. What quantises them on the
// way to the GPU says it best. For Ollama the engine comes next; for others the
// model's name, because what they call dtype is what they compute in.
func (s *site) precisionOf(e *standing) stored {
	quantised := setting{}
	if len(e.pods) > 0 {
		quantised = e.read([]string{"--quantization", "-q", "--quantize"}, []string{"QUANTIZE"}, "")
		if e.kind() == engine.VLLM && quantised.value == "bitsandbytes" {
			quantised.value = "nf4" // TGI's is of 8 bits
		}
	}
	model := s.modelOf(e)
	told := []stored{
		e.says(quantised),
		{bitsOf(model), "by the name " + model, true},
		e.says(setting{value: e.probedPrecision(model), source: "it says"}),
	}
	if e.kind() == engine.Ollama {
		told[1], told[2] = told[2], told[1]
	}
	if len(e.pods) > 0 && !quantised.known() {
		told = append(told, e.says(e.read([]string{"--dtype"}, []string{"DTYPE"}, "")))
	}
	for _, t := range told {
		if t.bits > 0 {
			return t
		}
	}
	switch {
	case model == "" || quantised.known():
		return stored{}
	case e.kind() == engine.Ollama:
		return stored{4, "4 bits, usual in Ollama's library", false}
	case len(e.pods) > 0 && (e.kind() == engine.VLLM || e.kind() == engine.TGI):
		return stored{16, "as its weights are, 16 bits as a rule", false}
	}
	return stored{}
}

func (e *standing) says(v setting) stored {
	return stored{bitsOf(v.value), fmt.Sprintf("%s (%s)", v.value, v.source), true}
}

// probedPrecision is what the engine says of a model.
func (e *standing) probedPrecision(model string) string {
	if e.probe == nil {
		return ""
	}
	for _, m := range e.probe.Models {
		if len(e.probe.Models) == 1 || m.Name == model || m.Root == model {
			return m.DtypeOrQuantisation
		}
	}
	return ""
}

// fairPrecision fails where it is sure of a difference. Generation reads every
// weight for each token, so that its speed goes with their size.
func fairPrecision(s *site) []record.Check {
	var known []*standing
	var about []string
	var all []stored
	var told []record.Check
	for _, e := range s.engines {
		p := s.precisionOf(e)
		if p.bits == 0 {
			told = append(told, skip(e.name(), "neither its pod nor the engine tells the precision of its weights")...)
			continue
		}
		known, all, about = append(known, e), append(all, p), append(about, e.name()+" "+p.text)
	}
	if len(known) < 2 {
		return append(told, lonely(known, "precision")...)
	}
	text := strings.Join(about, ", ")
	equal := !slices.ContainsFunc(all, func(p stored) bool { return p.bits != all[0].bits })
	sure := !slices.ContainsFunc(all, func(p stored) bool { return !p.sure })
	const effect = "each token reads all weights, so that TPOT goes with their bits, and so does the quality of answers"
	switch remedy := s.precisionRemedy(known, all); {
	case !equal && sure:
		return append(fail(names(known...), remedy, "precision differs: %s; %s", text, effect), told...)
	case !equal:
		return append(warn(names(known...), remedy, "precision differs, it seems: %s; %s", text, effect), told...)
	case !slices.ContainsFunc(all, func(p stored) bool { return p.sure }):
		return append(skip(names(known...), "nobody tells the precision of the weights: %s", text), told...)
	}
	return append(pass(names(known...), "the weights of each have %d bits: %s", all[0].bits, text), told...)
}

// precisionRemedy gives Ollama weights of 16 bits, as it can load any, or takes
// the quantisation from the others.
func (s *site) precisionRemedy(known []*standing, all []stored) string {
	most := slices.MaxFunc(all, func(a, b stored) int { return a.bits - b.bits }).bits
	var commands []string
	for i, e := range known {
		if all[i].bits == most {
			continue
		}
		switch model := s.modelOf(e); {
		case e.kind() == engine.Ollama && most == 16:
			base, _, _ := strings.Cut(strings.TrimSuffix(model, "-fp16"), "-q")
			commands = append(commands, fmt.Sprintf("# a tag of 16 bits; the library lists what there is\nkubectl exec %s -c %s -- ollama pull %s-fp16", e.execRef(), e.mainName(), base))
		default:
			commands = append(commands, fmt.Sprintf("# serve weights of %d bits by %s: take its quantisation off, or quantise the others alike\nkubectl edit %s", most, e.name(), e.ref()))
		}
	}
	return strings.Join(commands, "\n")
}
