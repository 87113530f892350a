// Package soak runs a load for long and holds that nothing grows but what is
// kept of each request: no goroutine, no file, no socket.
//
// LLMBENCH_SOAK is how long it takes; `make soak` takes an hour at 200 users.
package soak
