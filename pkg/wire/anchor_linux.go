package wire

import "golang.org/x/sys/unix"

// anchor keeps the kernel stamping packets. It begins to a moment after the
// first socket on the machine asks for it and stops with the last, so without a
// socket that stays, the first bytes of a fresh connection could go unstamped.
type anchor struct{ fd int }

// dropAnchor opens the socket; it never sends or receives.
func dropAnchor() anchor {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return anchor{-1} // each connection still asks for itself
	}
	a := anchor{fd}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) != nil {
		a.close()
	}
	return a
}

func (a *anchor) close() {
	if a.fd >= 0 {
		_ = unix.Close(a.fd) // nothing was ever written to it
		a.fd = -1
	}
}
