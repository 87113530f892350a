//go:build !linux

package faults

import "testing"

// blackHole needs Linux's way with a full queue of connections.
func blackHole(t *testing.T) string {
	t.Helper()
	t.Skip("no black hole can be made on this system")
	return ""
}
