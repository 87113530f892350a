package main

import (
	"fmt"
	"os"
	"regexp"
	"testing"
)

// TestTheSizeThatIsHeldIsTheOnePromised holds what `make cross` refuses to what
// `make bench` prints.
func TestTheSizeThatIsHeldIsTheOnePromised(t *testing.T) {
	data, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	held := regexp.MustCompile(`(?m)^MOST_BYTES = ([0-9]+)$`).FindSubmatch(data)
	if held == nil {
		t.Fatal("the Makefile has no MOST_BYTES")
	}
	if promised := fmt.Sprint(mostBytes); string(held[1]) != promised {
		t.Errorf("make cross lets %s bytes through, and %s are promised", held[1], promised)
	}
}
