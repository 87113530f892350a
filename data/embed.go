// Package data holds the built-in prompts and the words of synthetic ones.
package data

import _ "embed" // for the files

// Prompts is prompts.txt, whose first lines explain its format.
//
//go:embed prompts.txt
var Prompts string

// Words is words.txt: common English words in lower case, parted by white
// space. Tokenizers have nearly all of them as one token with the space before.
//
//go:embed words.txt
var Words string
