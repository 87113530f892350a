package engine

import (
	"fmt"
	"strings"
)

// table holds one row for each kind of engine, in the order tables show them.
var table = []Protocol{vllm{}, tgi{}, ollama{}, openAI{}}

// fingerprintOrder holds the same protocols, the most particular first: TGI
// and Ollama also speak OpenAI's routes, and vLLM speaks little else, so a
// server is asked for its native routes before the common ones.
var fingerprintOrder = []Protocol{ollama{}, tgi{}, vllm{}, openAI{}}

// Kinds lists the kinds that have a protocol, in the order tables show them.
func Kinds() []Kind {
	kinds := make([]Kind, len(table))
	for i, p := range table {
		kinds[i] = p.Kind()
	}
	return kinds
}

// ByKind returns the protocol of a kind. The error of an unknown one names
// those there are.
func ByKind(kind Kind) (Protocol, error) {
	for _, p := range table {
		if p.Kind() == kind {
			return p, nil
		}
	}
	names := make([]string, len(table))
	for i, p := range table {
		names[i] = string(p.Kind())
	}
	return nil, fmt.Errorf("no engine of kind %q: want one of %s", kind, strings.Join(names, ", "))
}
