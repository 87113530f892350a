//go:build !linux

package wire

import (
	"net"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// BestClock is the best source of stamps on this system.
const BestClock = record.ClockUser

func newReceiver(c net.Conn) receiver { return userReceiver{c} }

// anchor keeps the kernel stamping where it can.
type anchor struct{}

func dropAnchor() anchor { return anchor{} }

func (*anchor) close() {}
