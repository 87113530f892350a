package cluster

import (
	"net/http"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// Trust says whose certificates are believed of an engine.
type Trust struct {
	CAFile   string
	Insecure bool
}

// Bind adds the flags.
func (t *Trust) Bind(f *pflag.FlagSet) {
	f.StringVar(&t.CAFile, "engine-ca-file", "", "File with the certificate authority of the engines, in PEM")
	f.BoolVar(&t.Insecure, "engine-insecure-skip-tls-verify", false, "Accept any certificate of an engine; every report says so")
}

// Wire is how an engine's endpoint is talked to, without a token.
func (t *Trust) Wire(system cli.System, connect time.Duration) (wire.Options, error) {
	opts := wire.Options{ConnectTimeout: connect, InsecureSkipVerify: t.Insecure, Proxy: http.ProxyFromEnvironment}
	if t.CAFile == "" {
		return opts, nil
	}
	var err error
	if opts.CAPEM, err = system.ReadFile(t.CAFile); err != nil {
		return opts, cli.Usagef("read --engine-ca-file: %w", err)
	}
	return opts, nil
}
