package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// The phases a request goes through before its answer begins.
const (
	PhaseConnect = "connect"
	PhaseSend    = "send"
	PhaseHeaders = "headers"
)

// Error is a request that got no answer.
type Error struct {
	// Class is the record.Status it amounts to.
	Class record.Status
	// Phase is how far the request had come: connect, send or headers.
	Phase string
	// Timing holds what was timed until then.
	Timing Timing
	Err    error
}

// Error implements error.
func (e *Error) Error() string { return e.Phase + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// errMalformed is wrapped by errors of an answer that is no HTTP.
var errMalformed = errors.New("the answer is no valid HTTP")

// Classify names the class of an error of the network.
func Classify(err error) record.Status {
	var dns *net.DNSError
	switch {
	case errors.Is(err, context.Canceled):
		return record.StatusCancelled
	case errors.As(err, &dns):
		return record.StatusDNS
	case isTLS(err):
		return record.StatusTLS
	case errors.Is(err, errMalformed):
		return record.StatusMalformed
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return record.StatusTimeoutConnect
	}
	return classifyBroken(err)
}

// classifyBroken names the class of a connection that was refused or broke.
func classifyBroken(err error) record.Status {
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return record.StatusTruncated
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		return record.StatusReset
	case errors.Is(err, syscall.ECONNREFUSED):
		return record.StatusRefused
	case errors.As(err, &timeout) && timeout.Timeout():
		return record.StatusTimeoutConnect
	case errors.As(err, &op) && op.Op == "dial":
		return record.StatusRefused
	}
	return record.StatusReset
}

func isTLS(err error) bool {
	var verify *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var alert tls.AlertError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &verify), errors.As(err, &header), errors.As(err, &alert):
		return true
	case errors.As(err, &authority), errors.As(err, &host), errors.As(err, &invalid):
		return true
	}
	// crypto/tls has no type for what a peer's handshake message was wrong in.
	return err != nil && strings.Contains(err.Error(), "tls: ")
}
