package prompt

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kubectl-llmbench/kubectl-llmbench/data"
)

// Prompt is one thing to ask.
type Prompt struct {
	// ID is unique among the prompts of one file and stays the same as long
	// as the file does: its category and number, as in chat-3.
	ID string
	// Category is "" where the file names none.
	Category string
	Text     string
}

// Builtin returns the built-in prompts. The slice is the caller's own.
func Builtin() []Prompt {
	return slices.Clone(builtin())
}

var builtin = sync.OnceValue(func() []Prompt {
	prompts, err := Parse("prompts.txt", strings.NewReader(data.Prompts))
	if err != nil {
		// The file is part of the program, and a test reads it.
		panic(fmt.Sprintf("built-in prompts: %v", err))
	}
	return prompts
})

// Filter keeps the prompts of the given categories, in their order; no
// categories keep all. A category that no prompt has is an error which names
// those there are.
func Filter(prompts []Prompt, categories []string) ([]Prompt, error) {
	if len(categories) == 0 {
		return prompts, nil
	}
	known := Categories(prompts)
	for _, c := range categories {
		if !slices.Contains(known, c) {
			return nil, fmt.Errorf("no prompt has the category %q: there are %s", c, quoted(known))
		}
	}
	return slices.DeleteFunc(slices.Clone(prompts), func(p Prompt) bool {
		return !slices.Contains(categories, p.Category)
	}), nil
}

// Categories returns the categories of prompts, in the order of their first.
func Categories(prompts []Prompt) []string {
	var names []string
	for _, p := range prompts {
		if !slices.Contains(names, p.Category) {
			names = append(names, p.Category)
		}
	}
	return names
}

func quoted(names []string) string {
	if len(names) == 1 && names[0] == "" {
		return "none in this file"
	}
	var all []string
	for _, n := range names {
		all = append(all, fmt.Sprintf("%q", n))
	}
	return strings.Join(all, ", ")
}
