package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// Target is one engine under test and the way to it.
type Target struct {
	// Name is what results call it; unique within a run.
	Name     string
	Protocol engine.Protocol
	// API picks one of the protocol's request forms, "" for its first.
	API  string
	Base *url.URL
	// Model is the served model to ask for, "" until preflight settles it.
	Model string
	// Info is what is known of the engine; preflight completes it.
	Info record.EngineInfo
	// APIRoundTrip makes one round trip to the API server; it is set where the
	// target is reached through a port-forward, so that preflight can tell what
	// the tunnel adds.
	APIRoundTrip func(context.Context) (time.Duration, error)

	measured *wire.Client // carries measured requests and nothing else
	side     *wire.Client // fingerprints, model lists, metrics
	secret   string       // the engine's token
}

// NewTarget opens the two transports of an endpoint: one for measured
// requests, and one for everything else so that no probe shares a measured
// connection. The base URL may carry a path prefix; a trailing /v1 is dropped,
// because protocols add their own.
func NewTarget(name string, kind engine.Kind, base string, via string, opts wire.Options) (*Target, error) {
	u, err := ParseBase(base)
	if err != nil {
		return nil, fmt.Errorf("engine %s: %w", name, err)
	}
	protocol, err := engine.ByKind(kind)
	if err != nil {
		return nil, err
	}
	t := &Target{Name: name, Protocol: protocol, Base: u, secret: opts.Token}
	if t.measured, err = wire.NewClient(opts); err != nil {
		return nil, fmt.Errorf("engine %s: %w", name, err)
	}
	if t.side, err = wire.NewClient(opts); err != nil {
		return nil, fmt.Errorf("engine %s: %w", name, err)
	}
	t.Info = record.EngineInfo{
		Engine: name, Kind: string(kind), Endpoint: u.Redacted(), Via: via,
		InsecureTLS: opts.InsecureSkipVerify && u.Scheme == "https",
	}
	return t, nil
}

// ParseBase reads an endpoint's base URL.
func ParseBase(base string) (*url.URL, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("endpoint URL %q: %w", base, errors.Unwrap(err))
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("endpoint URL %q: want http://host[:port] or https://host[:port]", base)
	}
	if u.User != nil {
		return nil, fmt.Errorf("endpoint URL of %s holds credentials: pass a token with --engine-token-file instead", u.Host)
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1")
	u.RawQuery, u.Fragment = "", ""
	return u, nil
}

// Close lets go of the target's idle connections.
func (t *Target) Close() {
	t.measured.Close()
	t.side.Close()
}

func (t *Target) url(path string) string { return t.Base.String() + path }

func setHeaders(req *http.Request, accept, requestID string) {
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", accept)
	req.Header.Set("X-Request-Id", requestID)
}
