package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// Search looks for the engines of a cluster.
type Search struct {
	Flags *Flags
	// Namespace is where to look when no flag says so, "" for the namespace of
	// the kubeconfig's context.
	Namespace string
	// Wire is how endpoints are probed. It must hold no token, because
	// discovery asks servers that it does not know yet.
	Wire   wire.Options
	Getenv func(string) string
	// StreamTime is how long one request may take, 0 for discovery's default;
	// limits on the way that are shorter are found.
	StreamTime time.Duration
	// Say takes a line on what is going on.
	Say func(string)

	cluster  *kube.Cluster
	selector labels.Selector
	about    record.Cluster
}

// Found is what a search came to.
type Found struct {
	discover.Result
	Cluster *kube.Cluster
	// Inventory is what was listed.
	Inventory *kube.Inventory
	// About describes the cluster; Namespace is where was looked, "" everywhere.
	About     record.Cluster
	Namespace string
	// Nodes are those that the engines stand on, as far as they may be seen.
	Nodes []record.Node
}

// Place names where was looked, for a sentence.
func (f *Found) Place() string {
	if f.Namespace == "" {
		return "any namespace"
	}
	return "namespace " + f.Namespace
}

// Connect checks the flags and makes the clients; it sends nothing.
func (s *Search) Connect() (err error) {
	if s.selector, err = s.Flags.check(); err != nil {
		return err
	}
	if s.cluster, err = kube.Connect(s.Flags.Connection); errors.Is(err, kube.ErrContext) {
		return &cli.UsageError{Err: err}
	}
	return err
}

// Cluster is the connection, once there is one.
func (s *Search) Cluster() *kube.Cluster { return s.cluster }

// Close lets go of the connections to the API server, if there are any.
func (s *Search) Close() {
	if s.cluster != nil {
		s.cluster.Close()
	}
}

// where is the namespace to look in, "" for all.
func (s *Search) where() string {
	switch {
	case s.Flags.AllNamespaces:
		return ""
	case s.Namespace != "" && !s.Flags.namespaceGiven():
		return s.Namespace
	}
	return s.cluster.Namespace
}

// Run lists the cluster's objects and probes what looks like an engine. It
// may be called again, to look again.
func (s *Search) Run(ctx context.Context) (*Found, error) {
	f := &Found{Cluster: s.cluster, Namespace: s.where()}
	if s.about == (record.Cluster{}) {
		about, err := s.cluster.Describe(ctx)
		if err != nil {
			return nil, err
		}
		s.about = about
	}
	f.About = s.about
	s.Say(fmt.Sprintf("looking for engines in %s of %s", f.Place(), s.cluster.Host))
	inventory, err := s.cluster.List(ctx, f.Namespace)
	if err != nil {
		return nil, err
	}
	f.Inventory = inventory
	f.Result, err = discover.Find(ctx, discover.Options{
		Inventory: inventory, Selector: s.selector, Via: s.Flags.Via, InCluster: s.inCluster(), Wire: s.Wire,
		OpenTunnel: s.openTunnel, Notify: s.Say, StreamTime: s.StreamTime,
	})
	if err != nil {
		return nil, err
	}
	f.Skipped = append(inventory.Skipped, f.Skipped...)
	f.Nodes = discover.Nodes(inventory, f.Engines)
	return f, nil
}

func (s *Search) openTunnel(spec kube.TunnelSpec) (func(context.Context, string, string) (net.Conn, error), func() error) {
	t := s.cluster.Tunnel(spec)
	return t.Dial, t.Close
}

// inCluster says whether this process runs in a pod of the very cluster it
// looks at, where names of Services resolve.
func (s *Search) inCluster() bool {
	host, port := s.Getenv("KUBERNETES_SERVICE_HOST"), s.Getenv("KUBERNETES_SERVICE_PORT")
	if host == "" {
		return false
	}
	u, err := url.Parse(s.cluster.Host)
	return err == nil && (u.Host == net.JoinHostPort(host, port) || u.Hostname() == "kubernetes.default.svc")
}

// Document is what a search found, as discover-services prints it.
func (f *Found) Document() record.Discovery { return f.Result.Document(&f.About) }

// Reach turns wire options into those that take the way to an engine. Close
// ends the way's tunnel, where it has one; trip then makes a round trip to the
// API server.
func (f *Found) Reach(way discover.Way, opts wire.Options) (_ wire.Options, trip func(context.Context) (time.Duration, error), end func() error) {
	end = func() error { return nil }
	switch {
	case way.Tunnel != nil:
		t := f.Cluster.Tunnel(*way.Tunnel)
		opts.Dial, opts.Proxy = t.Dial, nil
		trip, end = f.Cluster.RoundTrip, t.Close
	case way.Address != "":
		opts.Dial, opts.Proxy = dialAt(way.Address), nil
	}
	return opts, trip, end
}

// dialAt opens connections to one address, whatever name was asked for.
func dialAt(address string) func(context.Context, string, string) (net.Conn, error) {
	dialer := net.Dialer{KeepAlive: 30 * time.Second}
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, address)
	}
}
