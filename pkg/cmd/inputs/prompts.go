package inputs

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/lengths"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
)

// PromptSource makes the prompts of a run, salted for it alone.
type PromptSource func(runID string) *prompt.Source

// Prompts reads the prompts that the configuration names. Its errors are a
// cli.UsageError, or name the setting.
func (in Inputs) Prompts() (PromptSource, error) {
	c := in.Config.Prompts
	opts := prompt.Options{Seed: in.Seed, PrefixCache: c.PrefixCache}
	if c.Conversation.Turns != "" {
		turns, err := lengths.Parse(c.Conversation.Turns)
		if err != nil {
			return nil, fmt.Errorf("prompts.conversation.turns: %w", err)
		}
		opts.Turns = turns
	}
	sized := in.Traces.MeanPromptTokens() > 0
	if sized && c.File != "" {
		return nil, cli.Usagef("prompts.file: the requests of a trace have lengths of their own, for which prompts are made up: replay the trace in a run without prompts.file")
	}
	open := in.listed
	switch {
	case c.Source == config.SourceSynthetic:
		open = synthetic
	case c.Source == config.SourceShareGPT:
		open = in.shareGPT
	case sized:
		open = in.traced
	}
	source, err := open(c)
	if err != nil {
		return nil, err
	}
	return func(runID string) *prompt.Source {
		opts := opts
		opts.Nonce = runID
		return source(opts)
	}, nil
}

// sourceOf makes a source of prompts that were read already.
type sourceOf func(prompt.Options) *prompt.Source

// listed reads the built-in prompts, or those of a prompt file.
func (in Inputs) listed(c config.Prompts) (sourceOf, error) {
	all := prompt.Builtin()
	if c.File != "" {
		data, err := in.ReadFile(c.File)
		if err != nil {
			return nil, fmt.Errorf("prompts.file: %w", err)
		}
		if all, err = prompt.Parse(c.File, bytes.NewReader(data)); err != nil {
			return nil, err
		}
	}
	all, err := prompt.Filter(all, c.Categories)
	if err != nil {
		return nil, fmt.Errorf("prompts.categories: %w", err)
	}
	return func(opts prompt.Options) *prompt.Source { return prompt.New(all, opts) }, nil
}

func (in Inputs) shareGPT(c config.Prompts) (sourceOf, error) {
	data, err := in.ReadFile(c.File)
	if err != nil {
		return nil, fmt.Errorf("prompts.file: %w", err)
	}
	dialogues, skipped, err := prompt.ParseShareGPT(c.File, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if skipped > 0 {
		_, _ = fmt.Fprintf(in.Warn, "%s: %d conversations are used, %d entries of another form were passed over\n", c.File, len(dialogues), skipped)
	}
	return func(opts prompt.Options) *prompt.Source { return prompt.NewShareGPT(dialogues, opts) }, nil
}

func synthetic(c config.Prompts) (sourceOf, error) {
	shape := prompt.Synthetic{SharedPrefix: c.Synthetic.SharedPrefixTokens, Prefixes: c.Synthetic.Prefixes}
	var err error
	if shape.Input, err = lengths.Parse(c.Synthetic.Input); err != nil {
		return nil, fmt.Errorf("prompts.synthetic.input: %w", err)
	}
	if c.Synthetic.Output != "" {
		if shape.Output, err = lengths.Parse(c.Synthetic.Output); err != nil {
			return nil, fmt.Errorf("prompts.synthetic.output: %w", err)
		}
	}
	return func(opts prompt.Options) *prompt.Source { return prompt.NewSynthetic(shape, opts) }, nil
}

// traced makes prompts up for a run that replays a trace, whose requests have
// lengths of their own. Those of other scenarios have the trace's mean.
func (in Inputs) traced(config.Prompts) (sourceOf, error) {
	input, err := lengths.Parse(strconv.Itoa(max(int(math.Round(in.Traces.MeanPromptTokens())), 1)))
	if err != nil {
		return nil, fmt.Errorf("mean prompt length of a trace: %w", err)
	}
	return func(opts prompt.Options) *prompt.Source {
		return prompt.NewSynthetic(prompt.Synthetic{Input: input}, opts)
	}, nil
}
