package cluster

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
)

// certificateTimeout bounds the look at one host's certificate.
const certificateTimeout = 5 * time.Second

// certificates asks the hosts of https ways when their certificates end. A
// host that does not answer is left out.
func certificates(ctx context.Context, engines []discover.Found) map[string]time.Time {
	ends := map[string]time.Time{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, e := range engines {
		u, err := url.Parse(e.Way.URL)
		if err != nil || u.Scheme != "https" || e.Way.Tunnel != nil {
			continue
		}
		all.Go(func() {
			if end, ok := certificateEnd(ctx, u, e.Way.Address); ok {
				mu.Lock()
				defer mu.Unlock()
				ends[u.Host] = end
			}
		})
	}
	all.Wait()
	return ends
}

// certificateEnd looks at a certificate without judging it: that it can be
// trusted is for whoever sends something.
func certificateEnd(ctx context.Context, u *url.URL, address string) (end time.Time, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, certificateTimeout)
	defer cancel()
	if address == "" {
		if address = u.Host; u.Port() == "" {
			address = net.JoinHostPort(u.Hostname(), "443")
		}
	}
	dialer := tls.Dialer{Config: &tls.Config{ServerName: u.Hostname(), InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}} //nolint:gosec // nothing is sent
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return end, false
	}
	defer conn.Close() //nolint:errcheck // nothing was sent
	secure, ok := conn.(*tls.Conn)
	if !ok || len(secure.ConnectionState().PeerCertificates) == 0 {
		return end, false
	}
	return secure.ConnectionState().PeerCertificates[0].NotAfter, true
}
