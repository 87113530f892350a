// Package config reads the configuration of a run: strict YAML in layers, with
// every problem reported at its file, line and column.
//
// [Load] lays files over the built-in defaults, lowest first: maps merge, lists
// replace. [Loaded] keeps where each value came from, takes flags as the last
// layer, and hands out a [Config] that has been checked whole. The struct is
// the only description of the format: its field comments and `jsonschema` tags
// are both what the reader enforces and what [Schema] publishes.
//
// The package opens no file and reads no environment; callers pass bytes in.
// It knows nothing of engines' protocols, of clusters or of how a run is made.
package config
