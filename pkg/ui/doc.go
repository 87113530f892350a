// Package ui is what a person sees in a terminal: tables, progress and plain
// language. It reads record types and the events of pkg/bench; it measures and
// decides nothing.
package ui
