// Package lengths says how long things are: distributions of lengths, written
// as text in a configuration and drawn from by a seed.
//
// Its main type is [Distribution]. It must not know what is measured in it,
// tokens or turns.
package lengths
