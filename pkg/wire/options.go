package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Options say how an endpoint is reached.
type Options struct {
	// ConnectTimeout bounds name lookup, dial and TLS together; 0 is unbounded.
	ConnectTimeout time.Duration
	// CAPEM holds certificate authorities, in PEM, that are trusted beside the
	// system's.
	CAPEM []byte
	// InsecureSkipVerify accepts any certificate.
	InsecureSkipVerify bool
	// Token is sent as a bearer token; "" sends none.
	Token string
	// HTTP2 lets TLS endpoints choose HTTP/2. Its streams share a connection,
	// so arrivals are then stamped in user space.
	HTTP2 bool
	// Proxy finds the proxy of a request, as http.ProxyFromEnvironment does;
	// nil uses none. Arrivals through a proxy are stamped in user space.
	Proxy func(*http.Request) (*url.URL, error)
	// Dial opens connections in place of TCP, for tunnels; nil dials.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// UserClock stamps arrivals in user space even where the kernel would, to
	// compare the two.
	UserClock bool
}

func (o Options) tlsConfig() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: o.InsecureSkipVerify} //nolint:gosec // only where the caller asks for it, and every report says so
	if len(o.CAPEM) == 0 {
		return c, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(o.CAPEM) {
		return nil, errors.New("the certificate authority file holds no certificate in PEM")
	}
	c.RootCAs = pool
	return c, nil
}
