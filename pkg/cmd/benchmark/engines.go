package benchmark

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// The ways to an engine that need no cluster, as results name them.
const (
	viaManual   = "manual"
	viaSimulate = "simulate"
)

// tokenVariable is the environment variable that holds the engines' token
// where no file does.
const tokenVariable = "LLMBENCH_ENGINE_TOKEN" //nolint:gosec // the name of a variable, and no token

// simulated are the engines that --simulate starts.
var simulated = []string{"vllm", "tgi", "ollama"}

// endpoint is one engine to measure.
type endpoint struct {
	name string
	kind engine.Kind
	url  string // "" until its simulator runs
	via  string
}

func (e endpoint) info() record.EngineInfo {
	shown := e.url
	if shown == "" {
		shown = "a simulator of its own"
	} else if u, err := url.Parse(shown); err == nil {
		shown = u.Redacted()
	}
	return record.EngineInfo{Engine: e.name, Kind: string(e.kind), Endpoint: shown, Via: e.via}
}

// findEngines decides which engines are measured.
func (o *Options) findEngines() error {
	manual := o.config.Config.Services.ManualURLs
	switch {
	case o.Simulate && len(o.URLs) > 0:
		return cli.Usagef("--simulate measures simulated engines and --url real ones: choose one")
	case o.Simulate:
		for _, name := range simulated {
			o.engines = append(o.engines, endpoint{name: name, kind: engine.Kind(name), via: viaSimulate})
		}
	default:
		for _, name := range slices.SortedFunc(maps.Keys(manual), byKind) {
			kind, _ := config.EngineKind(name)
			o.engines = append(o.engines, endpoint{name: name, kind: engine.Kind(kind), url: manual[name], via: viaManual})
		}
	}
	if len(o.engines) == 0 {
		return cli.Usagef("no engine to measure: name one with --url vllm=https://…, or under services.manual_urls in a configuration, or try --simulate")
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
		if slices.Contains(o.Services, e.name) || slices.Contains(o.Services, string(e.kind)) {
			kept = append(kept, e)
		}
	}
	for _, wanted := range o.Services {
		if !slices.ContainsFunc(kept, func(e endpoint) bool { return e.name == wanted || string(e.kind) == wanted }) {
			return cli.Usagef("--services names %q, but the engines are %s", wanted, names(o.engines))
		}
	}
	o.engines = kept
	return nil
}

func names(engines []endpoint) string {
	var all []string
	for _, e := range engines {
		all = append(all, e.name)
	}
	return strings.Join(all, ", ")
}

// targets opens the transports to the engines.
func (o *Options) targets() ([]*bench.Target, error) {
	transport, err := o.transport()
	if err != nil {
		return nil, err
	}
	var all []*bench.Target
	for _, e := range o.engines {
		opts := transport
		if opts.Token, err = o.token(e.name); err != nil {
			return nil, err
		}
		t, err := bench.NewTarget(e.name, e.kind, e.url, e.via, opts)
		if err != nil {
			return nil, cli.Usagef("%w", err)
		}
		s := o.config.Config.Services
		t.API, t.Model = s.API[e.name], s.Model
		if m := s.Models[e.name]; m != "" {
			t.Model = m
		}
		all = append(all, t)
	}
	return all, nil
}

func (o *Options) transport() (wire.Options, error) {
	opts := wire.Options{
		ConnectTimeout:     time.Duration(o.config.Config.Timeouts.ConnectSeconds * float64(time.Second)),
		InsecureSkipVerify: o.InsecureTLS,
		Proxy:              http.ProxyFromEnvironment,
	}
	if o.CAFile == "" {
		return opts, nil
	}
	var err error
	if opts.CAPEM, err = o.System.ReadFile(o.CAFile); err != nil {
		return opts, cli.Usagef("read --engine-ca-file: %w", err)
	}
	return opts, nil
}

// token is an engine's bearer token: of its own file, of the file for all, or
// of the environment.
func (o *Options) token(name string) (string, error) {
	file := ""
	for _, text := range o.TokenFiles {
		if engine, own, ok := cutEngine(text); !ok {
			if file == "" {
				file = text
			}
		} else if engine == name {
			file = own
			break
		}
	}
	if file == "" {
		return cleanToken(o.System.Getenv(tokenVariable), tokenVariable)
	}
	data, err := o.System.ReadFile(file)
	if err != nil {
		return "", cli.Usagef("read --engine-token-file: %w", err)
	}
	return cleanToken(string(data), file)
}

// cleanToken refuses what cannot stand in a header, without quoting it.
func cleanToken(token, from string) (string, error) {
	token = strings.TrimSpace(token)
	for _, r := range token {
		if r <= ' ' || r >= 0x7f {
			return "", &cli.UsageError{Err: fmt.Errorf("the token in %s holds a space, a line break or another character that no header may have", from)}
		}
	}
	return token, nil
}
