package kube

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// What can be wrong before anything in the cluster matters. Errors of this
// package wrap one of these where it applies.
var (
	// ErrNoCluster says that no kubeconfig names a cluster.
	ErrNoCluster = errors.New("no cluster is configured")
	// ErrContext says that the kubeconfig lacks the context asked for.
	ErrContext = errors.New("no such context")
	// ErrUnreachable says that the API server gave no answer.
	ErrUnreachable = errors.New("the API server cannot be reached")
	// ErrCredentials says that the API server refused who the caller is, or
	// that the kubeconfig's way to credentials failed.
	ErrCredentials = errors.New("the API server refused the credentials")
)

// explain names what an error of a request to host means, see Cluster.check.
func explain(ctx context.Context, host string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrUnreachable), errors.Is(err, ErrCredentials):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("ask the API server %s: %w", host, context.Cause(ctx))
	case apierrors.IsUnauthorized(err):
		return fmt.Errorf("%w at %s: %w; log in again, or choose another user with --user, --token or --context", ErrCredentials, host, err)
	case strings.Contains(err.Error(), "getting credentials: "):
		return fmt.Errorf("%w at %s, for none could be had: %w; log in again", ErrCredentials, host, err)
	case untrusted(err):
		return fmt.Errorf("%w: %s is not whom the kubeconfig trusts: %w; check its certificate-authority", ErrUnreachable, host, err)
	case broken(err):
		return fmt.Errorf("%w: %s: %w; check that the cluster runs and that the network leads there, or choose another with --context", ErrUnreachable, host, cause(err))
	}
	return err
}

// cause takes off the method and URL that net/http puts before an error.
func cause(err error) error {
	var request *url.Error
	if errors.As(err, &request) {
		return request.Err
	}
	return err
}

// broken tells errors of the network from answers.
func broken(err error) bool {
	var answer apierrors.APIStatus
	if errors.As(err, &answer) {
		return false
	}
	var request *url.Error
	var network net.Error
	return errors.As(err, &request) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func untrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &host)
}
