//go:build !linux

package simulate

import "net"

func askForStamps(net.Listener) {}

// receiver reads a socket; only Linux gives stamps.
type receiver struct{}

func newReceiver(net.Conn) receiver { return receiver{} }

func (r *receiver) read(c net.Conn, p []byte) (int, error) { return c.Read(p) }

func (r *receiver) received() int64 { return 0 }
