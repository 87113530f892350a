package wire

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// BestClock is the best source of stamps on this system.
const BestClock = record.ClockKernel

// controlSpace holds one control message with a timespec, with room to spare.
const controlSpace = 64

// kernelReceiver reads with recvmsg and takes the receive stamp that
// SO_TIMESTAMPNS has the kernel put beside the bytes (socket(7) and
// Documentation/networking/timestamping.rst in the kernel's sources). For TCP
// it is the stamp of the last segment that the read returned bytes of.
type kernelReceiver struct {
	conn  net.Conn
	raw   syscall.RawConn
	clock realtime

	// The arguments and results of one attempt stand here, so that the function
	// given to raw is made once and a read allocates nothing. unix.Recvmsg would
	// allocate, for a sender's address that a connected socket does not have.
	attempt func(fd uintptr) bool
	message unix.Msghdr
	vector  unix.Iovec
	control [controlSpace]byte
	n       int
	errno   unix.Errno
}

// newReceiver asks the kernel for receive stamps, and stamps in user space
// where there are none: on what is no TCP socket, as a tunnel's stream.
func newReceiver(c net.Conn) receiver {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return userReceiver{c}
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return userReceiver{c}
	}
	var refused error
	err = raw.Control(func(fd uintptr) {
		refused = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	})
	if err != nil || refused != nil {
		return userReceiver{c}
	}
	r := &kernelReceiver{conn: c, raw: raw, clock: newRealtime(readClocks)}
	r.attempt = r.recvmsg
	r.message.Iov = &r.vector
	r.message.SetIovlen(1)
	r.message.Control = &r.control[0]
	return r
}

func (r *kernelReceiver) prepare() { r.clock.settle() }

func (r *kernelReceiver) receive(p []byte, floor time.Time) (int, time.Time, bool, error) {
	if len(p) == 0 {
		return 0, time.Time{}, false, nil
	}
	r.vector.Base = &p[0]
	r.vector.SetLen(len(p))
	err := r.raw.Read(r.attempt)
	r.vector.Base = nil
	switch {
	case err != nil:
		return 0, time.Time{}, false, err
	case r.errno != 0:
		return 0, time.Time{}, false, r.fail()
	case r.n == 0:
		return 0, time.Time{}, false, io.EOF
	}
	stamp, ok := receiveStamp(r.control[:r.message.Controllen])
	if !ok {
		return r.n, time.Now(), false, nil
	}
	at, ok := r.clock.convert(stamp, floor)
	return r.n, at, ok, nil
}

// recvmsg reads once; false makes the runtime wait until there is something.
func (r *kernelReceiver) recvmsg(fd uintptr) bool {
	for {
		r.message.SetControllen(controlSpace)
		n, _, errno := unix.Syscall(unix.SYS_RECVMSG, fd, uintptr(unsafe.Pointer(&r.message)), 0)
		r.n, r.errno = int(n), errno //nolint:gosec // at most what was asked for
		switch errno {
		case unix.EINTR:
		case unix.EAGAIN:
			return false
		default:
			return true
		}
	}
}

// fail dresses an error number as net does, so that callers see one kind.
func (r *kernelReceiver) fail() error {
	return &net.OpError{Op: "read", Net: "tcp", Source: r.conn.LocalAddr(), Addr: r.conn.RemoteAddr(), Err: os.NewSyscallError("recvmsg", r.errno)}
}

func (r *kernelReceiver) quiet() bool {
	var one [1]byte
	waiting := false
	err := r.raw.Control(func(fd uintptr) {
		_, _, err := unix.Recvfrom(int(fd), one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		waiting = !errors.Is(err, unix.EAGAIN)
	})
	return err == nil && !waiting
}

// receiveStamp finds the receive stamp among control messages, in nanoseconds
// since 1970.
func receiveStamp(control []byte) (unixNano int64, ok bool) {
	for len(control) >= unix.CmsgLen(0) {
		header, data, rest, err := unix.ParseOneSocketControlMessage(control)
		if err != nil {
			return 0, false
		}
		if header.Level == unix.SOL_SOCKET && header.Type == unix.SCM_TIMESTAMPNS {
			return timespec(data)
		}
		control = rest
	}
	return 0, false
}

// timespec reads a struct timespec, whose fields have the machine's word size.
func timespec(data []byte) (unixNano int64, ok bool) {
	switch {
	case len(data) >= 16:
		s, ns := binary.NativeEndian.Uint64(data), binary.NativeEndian.Uint64(data[8:])
		unixNano = int64(s)*int64(time.Second) + int64(ns) //nolint:gosec // the kernel wrote signed words
	case len(data) >= 8:
		s, ns := binary.NativeEndian.Uint32(data), binary.NativeEndian.Uint32(data[4:])
		unixNano = int64(int32(s))*int64(time.Second) + int64(int32(ns)) //nolint:gosec // as above
	}
	return unixNano, unixNano > 0
}
