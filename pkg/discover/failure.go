package discover

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// failure is why a way does not lead to an engine.
type failure struct {
	reason string
	// foreign says that a server answered which is no engine.
	foreign bool
	// unresolved says that the host's name does not resolve.
	unresolved bool
	// secure is the https URL of the same host that the endpoint redirects to.
	secure string
	// otherScheme says that the port seems to speak the other of http and https.
	otherScheme bool
}

// whyFailed reads a fingerprint's error together with what the getter saw.
func whyFailed(g *getter, err error) *failure {
	switch {
	case errors.Is(err, engine.ErrUnauthorized):
		return &failure{reason: fmt.Sprintf("answered HTTP %d with a web page: a login stands in front", g.page)}
	case g.location != nil:
		return redirected(g)
	case errors.Is(err, engine.ErrNotReady) && g.upstream != "":
		return &failure{reason: fmt.Sprintf("a proxy answers in the engine's place that it does not reach it (%q)", g.upstream)}
	case errors.Is(err, engine.ErrNotReady) && g.page != 0:
		return &failure{reason: fmt.Sprintf("answered HTTP %d with a web page: a proxy answers in the engine's place, and does not reach it", g.page)}
	case errors.Is(err, engine.ErrNotReady):
		return &failure{reason: err.Error()}
	case errors.Is(err, engine.ErrUnrecognised):
		return &failure{reason: "answers, but as no engine that is known", foreign: !g.plainToTLS, otherScheme: g.plainToTLS}
	}
	return unreachable(err)
}

// redirected tells a login from a move to https.
func redirected(g *getter) *failure {
	base, err := url.Parse(g.base)
	if err != nil {
		return &failure{reason: err.Error()}
	}
	to := base.ResolveReference(g.location)
	f := &failure{reason: fmt.Sprintf("answered HTTP %d to %s://%s%s", g.redirect, to.Scheme, to.Host, to.Path)}
	switch {
	case base.Scheme == "http" && to.Scheme == "https" && to.Hostname() == base.Hostname() && !isLogin(to):
		secure := *base
		secure.Scheme, secure.Host = "https", to.Host
		f.secure = secure.String()
		f.reason += ": it is served over https there"
	case to.Hostname() != base.Hostname() || isLogin(to):
		f.reason += ": a login stands in front"
	default:
		f.reason += ": no engine redirects"
	}
	return f
}

func isLogin(u *url.URL) bool {
	for _, w := range words(u.Path) {
		switch w {
		case "login", "oauth", "oauth2", "auth", "authorize", "signin", "sso", "saml", "dex":
			return true
		}
	}
	return false
}

// unreachable words an error of the network.
func unreachable(err error) *failure {
	f := &failure{reason: reasonOf(err)}
	switch wire.Classify(err) {
	case record.StatusDNS:
		f.unresolved = true
	case record.StatusReset, record.StatusMalformed, record.StatusTruncated:
		f.otherScheme = true
	case record.StatusTLS:
		var plain tls.RecordHeaderError
		f.otherScheme = errors.As(err, &plain)
	}
	return f
}

// reasonOf words an error of the network, with what to do about it.
func reasonOf(err error) string {
	var name *net.DNSError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var quiet silence
	var plain tls.RecordHeaderError
	switch {
	case errors.As(err, &quiet):
		return quiet.Error() + ": a firewall or NetworkPolicy may stand between"
	case errors.As(err, &name):
		return fmt.Sprintf("the name %s does not resolve here", name.Name)
	case errors.As(err, &authority):
		return "its certificate is of an unknown authority: pass its authority with --engine-ca-file"
	case errors.As(err, &host):
		return fmt.Sprintf("its certificate is not for the name %s", host.Host)
	case errors.As(err, &plain):
		return "it speaks no TLS"
	case strings.Contains(err.Error(), "tls: no application protocol"): // the alert of RFC 7301, 3.2
		return "it speaks HTTP/2 only, and streams are measured over HTTP/1.1: offer http/1.1 there too"
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "the connection was refused: nothing listens there"
	}
	return innermost(err)
}

// innermost leaves out what was being asked, which the way says already.
func innermost(err error) string {
	var stream *kube.StreamError
	if errors.As(err, &stream) {
		return stream.Error()
	}
	var e *wire.Error
	if errors.As(err, &e) {
		return e.Error()
	}
	return err.Error()
}
