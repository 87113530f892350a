package benchmark

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// The ways to an engine that need no cluster, as results name them.
const (
	viaManual   = "manual"
	viaSimulate = "simulate"
)

// simulated are the engines that --simulate starts.
var simulated = []string{"vllm", "tgi", "ollama"}

// endpoint is one engine to measure.
type endpoint struct {
	name string
	kind engine.Kind
	url  string // "" until its simulator runs
	via  string
	// found is the engine as the cluster shows it, nil where it was named by
	// its URL or is simulated.
	found *discover.Found
	// outside is the way from here to an engine that workers measure, its URL "" where
	// there is none.
	outside discover.Way
}

func (e endpoint) info() record.EngineInfo {
	var info record.EngineInfo
	if e.found != nil {
		info = e.found.Info
	}
	shown := e.url
	if shown == "" {
		shown = "a simulator of its own"
	} else if u, err := url.Parse(shown); err == nil {
		shown = u.Redacted()
	}
	info.Engine, info.Kind, info.Endpoint, info.Via = e.name, string(e.kind), shown, e.via
	return info
}

// findEngines decides which engines are measured: simulated ones, those that
// were named by their URL, or those that run in the cluster. URLs are the best
// way in, so with any of them the cluster is looked at only where a flag asks
// for it, and an engine it has under the same name gives way.
func (o *Options) findEngines(ctx context.Context) error {
	switch {
	case o.Simulate && len(o.URLs) > 0:
		return cli.Usagef("--simulate measures simulated engines and --url real ones: choose one")
	case o.Simulate && o.Cluster.Given():
		return cli.Usagef("--simulate measures simulated engines, and --namespace, --all-namespaces, --selector and --via are about a cluster: choose one")
	case o.Simulate:
		for _, name := range simulated {
			o.engines = append(o.engines, endpoint{name: name, kind: engine.Kind(name), via: viaSimulate})
		}
		return o.choose()
	}
	manual := o.config.Config.Services.ManualURLs
	for _, name := range slices.SortedFunc(maps.Keys(manual), byKind) {
		kind, _ := config.EngineKind(name)
		o.engines = append(o.engines, endpoint{name: name, kind: engine.Kind(kind), url: manual[name], via: viaManual})
	}
	if len(manual) == 0 || o.Cluster.Given() {
		return o.searchCluster(ctx)
	}
	return o.choose()
}

// byKind sorts names in the order tables show kinds, then by name.
func byKind(a, b string) int {
	at := func(name string) int {
		kind, _ := config.EngineKind(name)
		return slices.Index(engine.Kinds(), engine.Kind(kind))
	}
	if d := at(a) - at(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

// choose keeps the engines that --services names, by name or kind.
func (o *Options) choose() error {
	if len(o.Services) == 0 {
		return nil
	}
	var kept []endpoint
	for _, e := range o.engines {
		if slices.ContainsFunc(o.Services, e.is) {
			kept = append(kept, e)
		}
	}
	for _, wanted := range o.Services {
		if !slices.ContainsFunc(kept, func(e endpoint) bool { return e.is(wanted) }) {
			return cli.Usagef("--services names %q, but the engines are %s", wanted, names(o.engines))
		}
	}
	o.engines = kept
	return nil
}

// is says whether --services means the engine by a text.
func (e endpoint) is(wanted string) bool { return wanted == e.name || wanted == string(e.kind) }

func names(engines []endpoint) string {
	var all []string
	for _, e := range engines {
		all = append(all, e.name)
	}
	return strings.Join(all, ", ")
}

// targets opens the transports to the engines. end closes them all.
func (o *Options) targets() (all []*bench.Target, end func() error, err error) {
	var ends []func() error
	end = func() error {
		for _, t := range all {
			t.Close()
		}
		var faults []error
		for _, e := range ends {
			faults = append(faults, e())
		}
		return errors.Join(faults...)
	}
	transport, err := o.transport()
	if err != nil {
		return nil, nil, err
	}
	for _, e := range o.engines {
		t, closeTarget, err := o.target(e, transport)
		if err != nil {
			return nil, nil, errors.Join(err, end())
		}
		all, ends = append(all, t), append(ends, closeTarget)
	}
	return all, end, nil
}

// target opens the transports to one engine, through its tunnel where that is
// the way to it.
func (o *Options) target(e endpoint, opts wire.Options) (t *bench.Target, end func() error, err error) {
	if opts.Token, err = o.token(e.name); err != nil {
		return nil, nil, err
	}
	var trip func(context.Context) (time.Duration, error)
	end = func() error { return nil }
	if e.found != nil {
		opts, trip, end = o.seen.Reach(e.found.Way, opts)
	}
	if t, err = bench.NewTarget(e.name, e.kind, e.url, e.via, opts); err != nil {
		return nil, nil, errors.Join(cli.Usagef("%w", err), end())
	}
	insecure := t.Info.InsecureTLS
	t.Info = e.info()
	t.Info.InsecureTLS, t.APIRoundTrip = insecure, trip
	s := o.config.Config.Services
	t.API, t.Model = s.API[e.name], cmp.Or(s.Models[e.name], s.Model)
	return t, end, nil
}

// transport is how engines are talked to, but for their tokens.
func (o *Options) transport() (wire.Options, error) {
	return o.Trust.Wire(o.System, time.Duration(o.config.Config.Timeouts.ConnectSeconds*float64(time.Second)))
}
