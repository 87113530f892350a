// Package presets holds the built-in configurations, as files that a user can
// read and start from.
package presets

import "embed"

// Files are default.yaml (the standard run and the values under every other
// configuration), quick-test.yaml, stress-test.yaml and the examples folder.
//
//go:embed *.yaml examples/*.yaml
var Files embed.FS
