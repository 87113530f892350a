package benchmark

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
)

// dialTime is how long it may take to see whether an engine that was named by its
// URL can be reached from here, too.
const dialTime = 2 * time.Second

// askFromHere is askAboutOthers before workers stress engines: it looks at their
// metrics by the ways that lead to them from here, before anything is made in the
// cluster, and says of which engines it cannot.
func (o *Options) askFromHere(ctx context.Context) error {
	if !o.asksAboutOthers() {
		return nil
	}
	seen, end, unseen, err := o.outside(ctx)
	if err != nil {
		return err
	}
	asked := o.askAboutOthers(ctx, seen)
	if len(unseen) > 0 && asked == nil {
		_, err = fmt.Fprintf(o.Streams.Err, "it is not known whether these serve others, because nothing leads to them from here: %s\n", strings.Join(unseen, ", "))
	}
	return errors.Join(asked, err, end())
}

// outside opens transports to the engines that can be reached from here. unseen
// names the others. end closes them all.
func (o *Options) outside(ctx context.Context) (seen []*bench.Target, end func() error, unseen []string, err error) {
	var ends []func() error
	end = func() error {
		var faults []error
		for i, e := range ends {
			seen[i].Close()
			faults = append(faults, e())
		}
		return errors.Join(faults...)
	}
	transport, err := o.transport()
	if err != nil {
		return nil, end, nil, err
	}
	for _, e := range o.engines {
		e, ok := fromHere(ctx, e)
		if !ok {
			unseen = append(unseen, e.name)
			continue
		}
		t, closeTarget, err := o.target(e, transport)
		if err != nil {
			return nil, end, nil, errors.Join(err, end())
		}
		seen, ends = append(seen, t), append(ends, closeTarget)
	}
	return seen, end, unseen, nil
}

// fromHere is an engine by the way that leads to it from here; ok is false where
// none does.
func fromHere(ctx context.Context, e endpoint) (_ endpoint, ok bool) {
	if e.found == nil {
		return e, dials(ctx, e.url)
	}
	if e.outside.URL == "" {
		return e, false
	}
	f := *e.found
	f.Way = e.outside
	e.url, e.via, e.found = e.outside.URL, e.outside.Via, &f
	return e, true
}

// dials says whether the host of a URL can be reached.
func dials(ctx context.Context, address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	port := cmp.Or(u.Port(), map[string]string{"https": "443"}[u.Scheme], "80")
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
