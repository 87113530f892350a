package discover

import (
	"context"
	"errors"
	"net"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// Options say where to look, what for, and how to ask.
type Options struct {
	// Inventory holds the cluster's objects.
	Inventory *kube.Inventory
	// Selector keeps the engines whose Service or pods have such labels; nil
	// keeps all.
	Selector labels.Selector
	// Via pins one rung of the ladder, one of [Vias]; "" tries all.
	Via string
	// InCluster says that this process runs inside the cluster, where the names
	// of Services resolve.
	InCluster bool
	// Wire is how endpoints are asked. Its token is never sent.
	Wire wire.Options
	// OpenTunnel opens a port-forward; nil leaves that rung out.
	OpenTunnel func(kube.TunnelSpec) (dial func(ctx context.Context, network, address string) (net.Conn, error), end func() error)
	// Notify takes a line on what is going on, one at a time; nil tells nobody.
	Notify func(string)
	// Concurrency bounds the endpoints asked at once, 0 for 16, and
	// ProbeTimeout the time each may take, 0 for 5 s.
	Concurrency  int
	ProbeTimeout time.Duration
	// StreamTime is how long the run lets one request take; a time limit on
	// the way that is shorter is reported. 0 stands for 10 minutes.
	StreamTime time.Duration
}

// The defaults of Options.
const (
	defaultConcurrency  = 16
	defaultProbeTimeout = 5 * time.Second
	defaultStreamTime   = 10 * time.Minute
)

// Result is what there is. Engines are in the order of their kinds, then of
// namespace and name.
type Result struct {
	Engines []Found
	// Skipped are objects that look like an engine and are none.
	Skipped []record.Skipped
}

// Found is an engine and the chosen way to it.
type Found struct {
	record.DiscoveredEngine
	// Way is the chosen way; its URL is "" where there is none.
	Way Way
	// WantsToken says that the endpoint answered only that it wants a token,
	// so that its kind is a guess and its health unknown.
	WantsToken bool

	// Identity is what it says of itself, the zero value where it says nothing.
	Identity engine.Identity
	// Pods are the names of its pods, ready or not; Services those of its
	// Services.
	Pods, Services []string
}

// Way is how to reach an engine.
type Way struct {
	// Via is the rung of the ladder.
	Via string
	// URL is the base URL to ask for.
	URL string
	// Address, where it is set, is the host:port to dial in place of the host
	// of URL, whose name does not resolve here.
	Address string
	// Tunnel, where it is set, is the tunnel to take in place of dialling.
	Tunnel *kube.TunnelSpec
}

// Find finds the engines in an inventory and asks each what it is. That there
// are none is no error; the error is the context's, or that of options which
// make no client.
func Find(ctx context.Context, o Options) (Result, error) {
	if o.Inventory == nil {
		return Result{}, errors.New("find engines: no inventory was given")
	}
	o = o.filled()
	if err := o.checkWire(); err != nil {
		return Result{}, err
	}
	ix := newIndex(o.Inventory)
	candidates := recognise(ix, o.Selector)
	for _, c := range candidates {
		c.rungs = ladder(ix, c, o)
	}
	newProber(o).all(ctx, candidates)
	if ctx.Err() != nil {
		return Result{}, context.Cause(ctx)
	}
	var r Result
	for _, c := range candidates {
		if found, skipped := settle(ix, c); found != nil {
			r.Engines = append(r.Engines, *found)
		} else {
			r.Skipped = append(r.Skipped, skipped)
		}
	}
	nameAll(r.Engines)
	return r, nil
}

func (o Options) filled() Options {
	if o.Notify == nil {
		o.Notify = func(string) {}
	}
	if o.Concurrency <= 0 {
		o.Concurrency = defaultConcurrency
	}
	if o.ProbeTimeout <= 0 {
		o.ProbeTimeout = defaultProbeTimeout
	}
	if o.StreamTime <= 0 {
		o.StreamTime = defaultStreamTime
	}
	o.Wire.Token = ""
	return o
}

// checkWire finds options that make no client before anything is asked.
func (o Options) checkWire() error {
	client, err := wire.NewClient(o.Wire)
	if err != nil {
		return err
	}
	client.Close()
	return nil
}

// Document is the result as discover-services prints it.
func (r Result) Document(cluster *record.Cluster) record.Discovery {
	d := record.Discovery{
		SchemaVersion: record.SchemaVersion, Cluster: cluster,
		Engines: make([]record.DiscoveredEngine, 0, len(r.Engines)),
		Skipped: append([]record.Skipped{}, r.Skipped...),
	}
	for _, f := range r.Engines {
		d.Engines = append(d.Engines, f.DiscoveredEngine)
	}
	return d
}

// kindOrder is where a kind stands in tables; unknown ones come last.
func kindOrder(kind string) int {
	for i, k := range engine.Kinds() {
		if string(k) == kind {
			return i
		}
	}
	return len(engine.Kinds())
}
