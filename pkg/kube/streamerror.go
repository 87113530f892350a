package kube

import (
	"fmt"
	"strings"
	"syscall"
)

// StreamError is why a forwarded connection ended. It unwraps to
// syscall.ECONNREFUSED where nothing listens on the pod's port, to ECONNRESET
// where the connection was reset or the tunnel lost, to ETIMEDOUT after a
// timeout, and to nothing otherwise.
type StreamError struct {
	Namespace, Pod string
	Port           int32
	// Message is the kubelet's, or ours where the tunnel was lost.
	Message string
	errno   error
}

// Error implements error.
func (e *StreamError) Error() string {
	return fmt.Sprintf("forward port %d of pod %s/%s: %s", e.Port, e.Namespace, e.Pod, e.Message)
}

// Unwrap gives the error of the network that it amounts to.
func (e *StreamError) Unwrap() error { return e.errno }

// errnos are told from the texts of kubelets and container runtimes, which
// pass on those of the operating system.
var errnos = []struct {
	text  string
	errno syscall.Errno
}{
	{"connection refused", syscall.ECONNREFUSED},
	{"reset by peer", syscall.ECONNRESET},
	{"broken pipe", syscall.ECONNRESET},
	{"timed out", syscall.ETIMEDOUT},
	{"i/o timeout", syscall.ETIMEDOUT},
}

// failure makes an error of what was said of a connection.
func (l *link) failure(message string) *StreamError {
	e := &StreamError{Namespace: l.namespace, Pod: l.pod, Port: l.port, Message: message}
	for _, known := range errnos {
		if strings.Contains(message, known.text) {
			e.errno = known.errno
			break
		}
	}
	return e
}
