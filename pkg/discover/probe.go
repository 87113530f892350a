package discover

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// prober asks the ways to candidates, many at once.
type prober struct {
	Options
	slots chan struct{}
	mu    sync.Mutex // over Notify
}

func newProber(o Options) *prober {
	return &prober{Options: o, slots: make(chan struct{}, o.Concurrency)}
}

func (p *prober) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Notify(fmt.Sprintf(format, args...))
}

// all asks every way to every candidate.
func (p *prober) all(ctx context.Context, candidates []*candidate) {
	p.say("%d %s like an engine among %d Services and %d pods", len(candidates), plural(len(candidates), "looks", "look"), len(p.Inventory.Services), len(p.Inventory.Pods))
	var wg sync.WaitGroup
	for _, c := range candidates {
		wg.Go(func() { p.candidate(ctx, c) })
	}
	wg.Wait()
}

// candidate asks all ways to a candidate at once, and opens a tunnel only
// where none of them works.
func (p *prober) candidate(ctx context.Context, c *candidate) {
	var wg sync.WaitGroup
	for _, r := range c.rungs {
		if r.status == "" && r.tunnel == nil {
			wg.Go(func() { p.rung(ctx, c, r) })
		}
	}
	wg.Wait()
	for _, r := range c.rungs {
		switch {
		case r.status != "" || r.tunnel == nil:
		case c.usable() != nil:
			r.leave("a better way works")
		default:
			p.rung(ctx, c, r)
		}
	}
}

// usable is the best way that answers; one that is not healthy counts where
// none is.
func (c *candidate) usable() *rung {
	var best *rung
	for _, r := range c.rungs {
		if r.status != record.CandidateUsable {
			continue
		}
		if r.answer.healthy {
			return r
		}
		if best == nil {
			best = r
		}
	}
	return best
}

// tunnelFactor is how much longer a probe may take that must first open a
// tunnel through the API server.
const tunnelFactor = 2

// rung asks over one way and settles what it is worth.
func (p *prober) rung(ctx context.Context, c *candidate, r *rung) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		r.leave("the search was ended")
		return
	}
	p.say("%s: trying %s by %s", c.subject(), r.object, r.via)
	limit := p.ProbeTimeout
	if r.tunnel != nil {
		limit *= tunnelFactor
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, silence{limit})
	defer cancel()
	if failed := p.ask(ctx, c, r); failed != nil {
		r.status, r.reason, r.answer.foreign = record.CandidateFailed, failed.reason, failed.foreign && r.straight()
		p.say("%s: %s: %s", c.subject(), r.object, r.reason)
		return
	}
	r.status = record.CandidateUsable
	p.say("%s: %s", c.subject(), r.worth(c))
}

// straight says that nothing stands between a way and the engine that would
// answer in its place.
func (r *rung) straight() bool {
	switch r.via {
	case viaRoute, viaHTTPRoute, viaIngress:
		return false
	}
	return true
}

// silence is why a probe ends that got no answer in time.
type silence struct{ limit time.Duration }

func (s silence) Error() string { return fmt.Sprintf("no answer within %s", s.limit) }

// ask asks over a way, in several manners where the first does not fit: at the
// address that the object knows where its name does not resolve, where an
// http URL redirects to, and in the other scheme where a port seems to speak
// that.
func (p *prober) ask(ctx context.Context, c *candidate, r *rung) *failure {
	opts := p.Wire
	if r.tunnel != nil {
		dial, end := p.OpenTunnel(*r.tunnel)
		defer end() //nolint:errcheck // nothing was sent that could be lost
		opts.Dial, opts.Proxy = dial, nil
	}
	failed := p.once(ctx, c, r, opts)
	if failed != nil && failed.unresolved && r.fallback != "" && r.tunnel == nil {
		r.answer.address = r.fallback
		opts.Dial, opts.Proxy = dialAt(r.fallback), nil
		failed = p.once(ctx, c, r, opts)
		if failed != nil {
			failed.reason = "its name does not resolve here, and at " + r.fallback + ": " + failed.reason
		}
	}
	var again string
	switch {
	case failed == nil:
		return nil
	case failed.secure != "":
		again = failed.secure
	case failed.otherScheme && r.straight():
		again = otherScheme(r.url)
	default:
		return failed
	}
	first := r.url
	r.url = again
	if r.answer.address != "" {
		r.answer.address = atPortOf(r.answer.address, again)
		opts.Dial = dialAt(r.answer.address)
	}
	second := p.once(ctx, c, r, opts)
	if second != nil && second.otherScheme {
		r.url = first
		return failed
	}
	return second
}

// once asks in one manner, and keeps what came back in the rung's answer.
func (p *prober) once(ctx context.Context, c *candidate, r *rung, opts wire.Options) *failure {
	client, err := wire.NewClient(opts)
	if err != nil {
		return &failure{reason: err.Error()}
	}
	defer client.Close()
	return r.fingerprint(ctx, &getter{client: client, base: r.url}, c.kind)
}

func otherScheme(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	u.Scheme = map[string]string{"http": "https", "https": "http"}[u.Scheme]
	return u.String()
}

// atPortOf is an address at the port of a URL.
func atPortOf(address, base string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if u, err := url.Parse(base); err == nil {
		port = cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme], port)
	}
	return net.JoinHostPort(host, port)
}

// dialAt opens connections to one address, whatever name was asked for.
func dialAt(address string) func(context.Context, string, string) (net.Conn, error) {
	var dialer net.Dialer
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, address)
	}
}
