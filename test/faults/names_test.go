package faults

import (
	"context"
	"net"
	"testing"
)

// noSuchName is a resolver that asks a server of the test's own, which knows no
// name at all.
func noSuchName(t *testing.T) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		query := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(query)
			if err != nil {
				return
			}
			query[2], query[3] = 0x81, 0x83 // an answer: NXDOMAIN (RFC 1035, 4.1.1)
			server.WriteTo(query[:n], from) //nolint:errcheck,gosec // the client asks again
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}
