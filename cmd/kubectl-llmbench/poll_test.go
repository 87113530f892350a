package main

import "time"

// poll waits for what another process will bring about.
func poll(fatalf func(string, ...any), done func() bool) {
	for range 6000 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	fatalf("it never came about")
}
