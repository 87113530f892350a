package kube

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// defaultShards keeps one slow connection from holding up every stream
	// without asking much of the API server.
	defaultShards = 4
	// upgradeTimeout bounds the opening of one upgraded connection.
	upgradeTimeout = 30 * time.Second
	// attempts is how many connections a Dial tries where they break under it.
	attempts = 3
	// farewell is how long Close waits for connections to end in good order.
	farewell = 2 * time.Second
)

// TunnelSpec says where a tunnel leads.
type TunnelSpec struct {
	Namespace string
	// Pods are the names of the pods that may be used, in any order.
	Pods []string
	Port int32
	// Selector chooses the pods that may take the place of Pods when one is gone
	// or a connection was lost, by their labels; "" keeps to Pods.
	Selector string
	// Refresh returns the names of the pods that are ready now, in place of a
	// list of those that Selector chooses; nil asks for that list.
	Refresh func(ctx context.Context) ([]string, error)
	// Shards is how many upgraded connections share the streams, 0 for 4. It
	// is rounded up so that each of Pods has as many as any other.
	Shards int
}

// TunnelStats counts what a tunnel did.
type TunnelStats struct {
	// Shards are the upgraded connections open now, Streams the connections
	// through them that are open now.
	Shards, Streams int
	// Dials counts the connections opened through the tunnel, Upgrades the
	// upgraded connections opened for them, and Reconnects those of Upgrades
	// that took the place of one that was lost or given up.
	Dials, Upgrades, Reconnects int64
	// Protocol is that of the last upgrade, websocket or spdy.
	Protocol string
}

// Tunnel opens connections to a port of pods through the API server, by
// Kubernetes' port-forward protocol. All connections of a shard share one
// upgraded connection. It is safe for concurrent use and must be closed.
type Tunnel struct {
	cluster *Cluster
	spec    TunnelSpec
	// onlySPDY says that the API server has refused WebSockets before.
	onlySPDY atomic.Bool
	// live ends when the tunnel is closed.
	live context.Context //nolint:containedctx // it is the tunnel's own life, which no caller's context may end
	end  context.CancelFunc
	// tasks are the tunnel's goroutines.
	tasks group

	mu    sync.Mutex
	pods  []string
	stale bool // pods is to be refreshed before it is used
	slots []*slot
	links map[*link]struct{} // all that are open, given up ones too
	stats TunnelStats
}

// Tunnel returns a tunnel, which opens nothing before the first Dial.
func (c *Cluster) Tunnel(spec TunnelSpec) *Tunnel {
	if spec.Refresh == nil && spec.Selector != "" {
		spec.Refresh = func(ctx context.Context) ([]string, error) { return c.readyPods(ctx, spec.Namespace, spec.Selector) }
	}
	t := &Tunnel{cluster: c, spec: spec, pods: spec.Pods, links: map[*link]struct{}{}}
	t.live, t.end = context.WithCancel(context.Background())
	for range shards(spec) {
		t.slots = append(t.slots, &slot{})
	}
	return t
}

func shards(spec TunnelSpec) int {
	n, pods := spec.Shards, max(len(spec.Pods), 1)
	if n <= 0 {
		n = defaultShards
	}
	return (n + pods - 1) / pods * pods
}

// Dial opens a connection through the tunnel; network and address are ignored.
// Where nothing listens on the port the error is syscall.ECONNREFUSED; as a rule
// it is that of the first Read, for the kubelet tries the port later. Errors of
// Dial are *net.OpError.
func (t *Tunnel) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	var err error
	for range attempts {
		var c *conn
		if c, err = t.dial(ctx); err == nil {
			return c, nil
		}
		if !errors.Is(err, errLost) || ctx.Err() != nil {
			break
		}
	}
	return nil, &net.OpError{Op: "dial", Net: network, Addr: t.address(""), Err: err}
}

func (t *Tunnel) dial(ctx context.Context) (*conn, error) {
	s := t.reserve()
	l, err := t.linkOf(ctx, s)
	if err != nil {
		t.vacate(s)
		return nil, err
	}
	p, err := l.open(ctx)
	if err != nil {
		if l.spent(err) {
			t.retire(l)
		}
		t.vacate(s)
		t.release(l)
		return nil, err
	}
	t.mu.Lock()
	t.stats.Dials++
	t.mu.Unlock()
	return newConn(t, s, l, p), nil
}

// Stats returns what the tunnel did so far.
func (t *Tunnel) Stats() TunnelStats {
	t.mu.Lock()
	defer t.mu.Unlock()
	stats := t.stats
	stats.Shards = len(t.links)
	for l := range t.links {
		stats.Streams += l.streams
	}
	return stats
}

// Close closes the tunnel and every connection through it. It waits for
// connections to end, but not for a peer that does not answer.
func (t *Tunnel) Close() error {
	t.mu.Lock()
	t.end()
	links := make([]*link, 0, len(t.links))
	for l := range t.links {
		links = append(links, l)
		go l.close()
	}
	t.mu.Unlock()
	select {
	case <-t.tasks.ended():
	case <-time.After(farewell):
		for _, l := range links {
			go l.sever()
		}
	}
	return nil
}

// network is what addresses through a tunnel call their network.
const network = "port-forward"

// address is the port of a pod.
type address string

// Network implements net.Addr.
func (address) Network() string { return network }

// String returns namespace/pod:port.
func (a address) String() string { return string(a) }

func (t *Tunnel) address(pod string) address {
	if pod == "" {
		pod = "*"
	}
	return address(fmt.Sprintf("%s/%s:%d", t.spec.Namespace, pod, t.spec.Port))
}
