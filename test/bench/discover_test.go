package main

import (
	"testing"
	"time"
)

func TestWaiting(t *testing.T) {
	line := func(at, ms string) string {
		return "I1125 04:33:" + at + "   32084 round_trippers.go:632] \"Response\" verb=\"GET\" url=\"https://h/x\" status=\"200 OK\" milliseconds=" + ms + "\n"
	}
	for _, tt := range []struct {
		name, log string
		want      time.Duration
	}{
		{"one", "I1125 04:33:01.000000 1 loader.go:408] Config loaded\n" + line("01.100000", "50"), 50 * time.Millisecond},
		{"one after another", line("01.100000", "50") + line("02.000000", "10"), 60 * time.Millisecond},
		{"side by side", line("01.100000", "50") + line("01.120000", "50"), 70 * time.Millisecond},
		{"one within another", line("01.100000", "10") + line("01.200000", "200"), 200 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := waiting(tt.log)
			if err != nil || got != tt.want {
				t.Errorf("%s, %v; want %s", got, err, tt.want)
			}
		})
	}
	if _, err := waiting("nothing"); err == nil {
		t.Error("a log without requests was taken")
	}
}
