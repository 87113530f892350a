// Package security holds what SECURITY.md and docs/threat-model.md claim: that
// each claim names a test and the test is there, and, with the real program
// against a hostile engine, that no credential and no control character gets
// into anything that a run prints or leaves.
package security
