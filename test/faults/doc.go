// Package faults runs the real client against engines that misbehave, and
// writes down what it makes of each fault.
//
// Between the client and a simulated engine stands a proxy. It passes healthy
// requests on untouched and spoils the others at the level of TCP, TLS, HTTP or
// the engine's own protocol. TestMatrix asserts the class and the message of
// every fault with every kind of engine, and that no other sample suffers;
// docs/faults.md is what it saw.
package faults
