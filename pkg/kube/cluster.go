package kube

import (
	"context"
	"net/http"
	"sync/atomic"

	routeclient "github.com/openshift/client-go/route/clientset/versioned"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Cluster is a connection to one API server. It is safe for concurrent use. A
// Cluster made of fake clients lists and reviews access; it has no tunnels and
// no round trips.
type Cluster struct {
	// Namespace is that of -n or of the context, "default" where neither names one.
	Namespace string
	// Host is the API server's URL.
	Host    string
	Core    kubernetes.Interface
	Dynamic dynamic.Interface
	Routes  routeclient.Interface

	config *rest.Config
	// raw asks for single paths, without a rate limit.
	raw      rest.Interface
	client   *http.Client // under all of them
	requests *atomic.Int64
}

// Requests returns how many API requests were sent so far, retries and tunnel
// upgrades included.
func (c *Cluster) Requests() int64 {
	if c.requests == nil {
		return 0
	}
	return c.requests.Load()
}

// Close lets go of the connections that nothing uses now.
func (c *Cluster) Close() {
	if c.client != nil {
		utilnet.CloseIdleConnectionsFor(c.client.Transport)
	}
}

// check names what an error from the API server means for the caller: the
// context's own end, ErrUnreachable or ErrCredentials. Any other error, nil
// too, comes back as it is.
func (c *Cluster) check(ctx context.Context, err error) error {
	return explain(ctx, c.Host, err)
}

// counter counts the requests that go through it.
type counter struct {
	next     http.RoundTripper
	requests *atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (c *counter) RoundTrip(req *http.Request) (*http.Response, error) {
	c.requests.Add(1)
	return c.next.RoundTrip(req)
}

// WrappedRoundTripper lets client-go find the transport below.
func (c *counter) WrappedRoundTripper() http.RoundTripper { return c.next }
