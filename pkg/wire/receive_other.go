//go:build !linux

package wire

import "net"

func newReceiver(c net.Conn) receiver { return userReceiver{c} }

// anchor keeps the kernel stamping where it can.
type anchor struct{}

func dropAnchor() anchor { return anchor{} }

func (*anchor) close() {}
