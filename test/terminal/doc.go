// Package terminal holds tests that run the real program in a pseudo-terminal
// and look at what a person would see. It has nothing but tests.
package terminal
