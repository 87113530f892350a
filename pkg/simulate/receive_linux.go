package simulate

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// askForStamps makes the kernel stamp what arrives on the listener's
// connections, which inherit the option. A listener without a socket, or a
// kernel without stamps, just gives none.
func askForStamps(ln net.Listener) {
	socket, ok := ln.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { //nolint:errcheck // see above
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) //nolint:errcheck // see above
	})
}

// receiver reads a socket with recvmsg, which returns the stamp (socket(7),
// SO_TIMESTAMPNS) beside the bytes.
type receiver struct {
	raw   syscall.RawConn // nil where there is no socket
	stamp atomic.Int64
}

func newReceiver(c net.Conn) receiver {
	socket, ok := c.(syscall.Conn)
	if !ok {
		return receiver{}
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return receiver{}
	}
	return receiver{raw: raw}
}

// controlSize holds one stamp with its header, and then some.
const controlSize = 64

func (r *receiver) read(c net.Conn, p []byte) (int, error) {
	if r.raw == nil || len(p) == 0 {
		return c.Read(p) // it stands in for the connection
	}
	var control [controlSize]byte
	var n, m int
	var failure error
	err := r.raw.Read(func(fd uintptr) bool {
		for {
			n, m, _, _, failure = unix.Recvmsg(int(fd), p, control[:], 0)
			if failure != unix.EINTR { //nolint:errorlint // a bare errno
				return failure != unix.EAGAIN //nolint:errorlint // a bare errno
			}
		}
	})
	switch {
	case err != nil:
		return 0, err // net/http looks for a timeout in it
	case failure != nil:
		return 0, &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError("recvmsg", failure)}
	case n == 0:
		return 0, io.EOF
	}
	r.note(control[:m])
	return n, nil
}

// note keeps the stamp among the control messages, or that there is none. A
// stamp is a struct timespec of two 64-bit words; other layouts are passed over.
func (r *receiver) note(control []byte) {
	const seconds, size = 8, 16
	r.stamp.Store(0)
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_TIMESTAMPNS && len(m.Data) == size {
			s := int64(binary.NativeEndian.Uint64(m.Data[:seconds]))  //nolint:gosec // a timespec is signed
			ns := int64(binary.NativeEndian.Uint64(m.Data[seconds:])) //nolint:gosec // a timespec is signed
			r.stamp.Store(s*1e9 + ns)
		}
	}
}

// received is the stamp of the bytes read last, 0 for none.
func (r *receiver) received() int64 { return r.stamp.Load() }
