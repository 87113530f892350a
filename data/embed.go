// Package data holds the built-in prompts.
package data

import _ "embed" // for Prompts

// Prompts is prompts.txt, whose first lines explain its format.
//
//go:embed prompts.txt
var Prompts string
