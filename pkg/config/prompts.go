package config

import (
	"fmt"
	"slices"

	"github.com/invopop/jsonschema"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/lengths"
)

// The values of Prompts.Source.
const (
	SourceBuiltin   = "builtin"
	SourceFile      = "file"
	SourceShareGPT  = "sharegpt"
	SourceSynthetic = "synthetic"
)

// sourceThatFollows is where prompts come from where nothing says so.
func (p *Prompts) sourceThatFollows() string {
	switch {
	case p.File != "":
		return SourceFile
	case p.Synthetic.Input != "":
		return SourceSynthetic
	}
	return SourceBuiltin
}

func (c *checker) prompts() {
	p := c.Config.Prompts
	fromFile := p.Source == SourceFile || p.Source == SourceShareGPT
	made := p.Source == SourceSynthetic
	switch {
	case p.Source == SourceFile && p.File == "":
		c.conflict("prompts.source", "prompts come from a file, but prompts.file names none")
	case fromFile && p.File == "":
		c.conflict("prompts.source", "prompts.source is "+p.Source+", but prompts.file names no file")
	case !fromFile && p.File != "":
		c.conflict("prompts.file", fmt.Sprintf("prompts.source is %s, so this file would not be read: delete one of the two", p.Source))
	case made && p.Synthetic.Input == "":
		c.conflict("prompts.source", `synthetic prompts need a length: set prompts.synthetic.input, for instance to "480±240"`)
	case !made && p.Synthetic != (Synthetic{}):
		c.conflict("prompts.synthetic.input", fmt.Sprintf("prompts.source is %s, so prompts.synthetic would have no effect: delete it, or set prompts.source: synthetic", p.Source))
	case p.Source != SourceBuiltin && p.Source != SourceFile && len(p.Categories) > 0:
		c.conflict("prompts.categories", p.Source+" prompts have no categories: set prompts.categories to []")
	}
	c.lengths("prompts.synthetic.input", p.Synthetic.Input)
	c.lengths("prompts.synthetic.output", p.Synthetic.Output)
	c.lengths("prompts.conversation.turns", p.Conversation.Turns)
	c.sharedPrefix(p.Synthetic)
}

func (c *checker) lengths(path, text string) {
	if text == "" {
		return
	}
	if _, err := lengths.Parse(text); err != nil {
		c.fault(path, err.Error(), "")
	}
}

// sharedPrefix refuses a prefix that would leave the usual prompt no word of
// its own, and one whose number of kinds has no effect.
func (c *checker) sharedPrefix(s Synthetic) {
	const path = "prompts.synthetic.shared_prefix_tokens"
	input, err := lengths.Parse(s.Input)
	switch {
	case err != nil:
	case float64(s.SharedPrefixTokens) >= input.Mean():
		c.conflict(path, fmt.Sprintf("a shared prefix of %d tokens leaves nothing of an input of %s", s.SharedPrefixTokens, s.Input))
	case s.SharedPrefixTokens == 0 && s.Prefixes > 1:
		c.conflict("prompts.synthetic.prefixes", "there is no shared prefix: set shared_prefix_tokens, or delete prefixes")
	}
}

// JSONSchemaExtend holds lengths to the form that Load reads.
func (Synthetic) JSONSchemaExtend(s *jsonschema.Schema) { lengthPatterns(s, "input", "output") }

// JSONSchemaExtend holds lengths to the form that Load reads.
func (Conversation) JSONSchemaExtend(s *jsonschema.Schema) { lengthPatterns(s, "turns") }

func lengthPatterns(s *jsonschema.Schema, keys ...string) {
	for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
		if slices.Contains(keys, pair.Key) {
			pair.Value.Pattern = lengths.Pattern
		}
	}
}
