package main

import (
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// poll waits for what another process will bring about.
func poll(ts *testscript.TestScript, done func() bool) {
	for range 6000 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("it never came about")
}
