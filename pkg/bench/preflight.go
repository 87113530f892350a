package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// identifyTimeout bounds the questions that ask an endpoint what it is.
const identifyTimeout = 15 * time.Second

// preflightTokens is how many tokens the trial stream asks for: enough for a
// model whose first ones (a think marker) are never streamed.
const preflightTokens = 16

// Preflight asks every target, all at once, what it is and which model it
// has, and lets it stream a few tokens. It returns those that answered, in
// their order and completed, and a Finding for each that did not or that
// differs from what was expected of it.
func Preflight(ctx context.Context, o Options) (ready []*Target, findings []record.Finding) {
	o.Live = nil // it is of what is measured
	r := newRunner(o)
	passed := make([]bool, len(o.Targets))
	found := make([][]record.Finding, len(o.Targets))
	var all sync.WaitGroup
	for i, t := range o.Targets {
		all.Go(func() {
			found[i], passed[i] = r.check(ctx, t)
			r.Notify(Event{Kind: EventPreflight, Engine: t.Name, Finding: firstError(found[i])})
		})
	}
	all.Wait()
	for i, t := range o.Targets {
		findings = append(findings, found[i]...)
		if passed[i] {
			ready = append(ready, t)
		}
	}
	for _, t := range ready {
		if t.APIRoundTrip != nil && ctx.Err() == nil {
			findings = append(findings, describeTunnel(ctx, t)) // one at a time: tunnels share the API server
		}
	}
	return ready, findings
}

func firstError(findings []record.Finding) *record.Finding {
	for i, f := range findings {
		if f.Severity == record.SeverityError {
			return &findings[i]
		}
	}
	return nil
}

func (r *runner) check(ctx context.Context, t *Target) (findings []record.Finding, ok bool) {
	identity, notes, err := identify(ctx, t)
	findings = append(findings, notes...)
	switch {
	case errors.Is(err, engine.ErrUnrecognised) && t.Model != "":
		findings = append(findings, unrecognised(t))
	case err != nil:
		return append(findings, r.unreachable(ctx, t, err)), false
	}
	if note, err := chooseModel(t, identity); err != nil {
		return append(findings, refusal(t, err.Error(), "name one with --model "+t.Name+"=NAME")), false
	} else if note != nil {
		findings = append(findings, *note)
	}
	sample := r.fire(ctx, shot{target: t, scenario: "preflight", index: -1, maxTokens: preflightTokens,
		arrival: load.Arrival{Seq: int64(r.Part.Index), Scheduled: time.Now(), Warmup: true}})
	if sample.Status != record.StatusOK {
		message, advice := apart(sample, t)
		return append(findings, refusal(t, string(sample.Status)+": "+message, advice)), false
	}
	return findings, true
}

// identify takes an endpoint for what it answers to be. An engine that was
// declared openai stays so, because the caller asked for that protocol.
func identify(ctx context.Context, t *Target) (engine.Identity, []record.Finding, error) {
	ctx, cancel := context.WithTimeout(ctx, identifyTimeout)
	defer cancel()
	identity, ok, err := t.Protocol.Identify(ctx, getter{t})
	if err == nil && ok {
		describeEngine(t, identity)
		return identity, nil, nil
	}
	declared := t.Protocol
	protocol, identity, other := engine.Fingerprint(ctx, getter{t})
	if other != nil {
		if err == nil {
			err = other
		}
		return identity, nil, err
	}
	t.Protocol, t.API = protocol, ""
	describeEngine(t, identity)
	return identity, []record.Finding{{
		ID: "engine-kind", Severity: record.SeverityWarn, Subject: t.Name,
		Message: fmt.Sprintf("%s was declared %s but answers as %s, and is measured as that", t.Name, declared.Kind(), protocol.Kind()),
		Remedy:  fmt.Sprintf("declare it as --url %s=%s", protocol.Kind(), t.Info.Endpoint),
	}}, nil
}

// unrecognised says that an endpoint does not tell what it is, as one behind a
// gateway that lets nothing but generation through. The trial stream decides.
func unrecognised(t *Target) record.Finding {
	return record.Finding{
		ID: "engine-unrecognised", Severity: record.SeverityWarn, Subject: t.Name,
		Message: fmt.Sprintf("%s does not say what it is; it is taken for %s as declared, and its version and model are not verified", t.Name, t.Protocol.Kind()),
	}
}

func describeEngine(t *Target, id engine.Identity) {
	t.Info.Kind, t.Info.Version = string(t.Protocol.Kind()), id.Version
}

// chooseModel settles which served model is asked for. Where several are
// served and none was named, one that is loaded wins; else the choice is the
// caller's, because a guess would compare different models unseen.
func chooseModel(t *Target, id engine.Identity) (note *record.Finding, err error) {
	chosen, err := pickModel(t.Model, id.Models)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Info.Endpoint, err)
	}
	if t.Model == "" && len(id.Models) > 1 {
		note = &record.Finding{ID: "model-chosen", Severity: record.SeverityInfo, Subject: t.Name,
			Message: fmt.Sprintf("%s serves %d models; %s is the one in memory and was taken", t.Name, len(id.Models), chosen.Name),
			Remedy:  "name another with --model " + t.Name + "=NAME"}
	}
	t.Model = chosen.Name
	t.Info.Model, t.Info.DtypeOrQuantisation, t.Info.ContextLength = chosen.Name, chosen.DtypeOrQuantisation, chosen.ContextLength
	return note, nil
}

func pickModel(wanted string, models []engine.Model) (engine.Model, error) {
	if wanted != "" {
		return namedModel(wanted, models)
	}
	var loaded []engine.Model
	for _, m := range models {
		if m.Loaded {
			loaded = append(loaded, m)
		}
	}
	switch {
	case len(models) == 1:
		return models[0], nil
	case len(loaded) == 1:
		return loaded[0], nil
	case len(models) == 0:
		return engine.Model{}, fmt.Errorf("the engine names no model it serves")
	}
	return engine.Model{}, fmt.Errorf("the engine serves several models (%s) and none was chosen", modelNames(models))
}

func namedModel(wanted string, models []engine.Model) (engine.Model, error) {
	for _, m := range models {
		if m.Name == wanted || m.Name == wanted+":latest" {
			m.Name = wanted
			return m, nil
		}
	}
	if len(models) == 0 {
		return engine.Model{Name: wanted}, nil // a server that lists nothing may still serve it
	}
	return engine.Model{}, fmt.Errorf("the engine does not serve %q; it serves %s", wanted, modelNames(models))
}

func modelNames(models []engine.Model) string {
	names := make([]string, 0, len(models))
	for _, m := range models {
		names = append(names, printable(m.Name))
	}
	return strings.Join(names, ", ")
}

func refusal(t *Target, message, remedy string) record.Finding {
	return record.Finding{ID: "preflight", Severity: record.SeverityError, Subject: t.Name, Message: t.hide(message), Remedy: remedy}
}

// unreachable says why an endpoint could not be asked what it is, with the
// class a measured request would have had.
func (r *runner) unreachable(ctx context.Context, t *Target, err error) record.Finding {
	class, status := classify(ctx, err, wire.PhaseConnect), 0
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		class = record.StatusTimeoutFirstToken
		err = fmt.Errorf("no answer to a question about itself within %s", identifyTimeout)
	case errors.Is(err, engine.ErrUnauthorized):
		class, status = record.StatusHTTP4xx, http.StatusUnauthorized
	case errors.Is(err, engine.ErrNotReady):
		class = record.StatusHTTP5xx
	case errors.Is(err, engine.ErrUnrecognised):
		class = record.StatusMalformed
	}
	return refusal(t, fmt.Sprintf("%s: %v", class, err), record.WithHelp(remedy(class, status, t), class))
}
