package benchmark

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// elsewhere ends the message of a search that gave nothing to measure.
const elsewhere = "name an engine with --url vllm=https://…, or try --simulate, which needs no cluster"

// searchCluster adds the engines that run in the cluster.
func (o *Options) searchCluster(ctx context.Context) error {
	opts, err := o.transport()
	if err != nil {
		return err
	}
	c := o.config.Config
	o.search = cluster.Search{
		Flags: &o.Cluster, Namespace: c.Services.Namespace, Wire: opts, Getenv: o.System.Getenv, Say: cluster.Teller(o.Streams, o.Verbose),
		StreamTime: time.Duration(c.Timeouts.TotalSeconds * float64(time.Second)),
	}
	if err := o.search.Connect(); err != nil {
		return withoutCluster(err)
	}
	if o.seen, err = o.search.Run(ctx); err != nil {
		return withoutCluster(err)
	}
	cluster.Note(o.Streams.Err, o.seen, o.Verbose)
	wanted, err := o.wanted()
	if err != nil {
		return err
	}
	return o.take(wanted)
}

// withoutCluster adds to the error of a cluster that cannot be used what can
// be done without it.
func withoutCluster(err error) error {
	for _, known := range []error{kube.ErrNoCluster, kube.ErrUnreachable, kube.ErrCredentials} {
		if errors.Is(err, known) {
			return fmt.Errorf("%w; without a cluster: %s", err, elsewhere)
		}
	}
	return err
}

// wanted are the found engines that --services names, or all of them. What it
// names by URL already is not looked for.
func (o *Options) wanted() ([]discover.Found, error) {
	if len(o.Services) == 0 {
		return o.seen.Engines, nil
	}
	manual := o.engines
	o.engines = slices.DeleteFunc(slices.Clone(manual), func(e endpoint) bool { return !slices.ContainsFunc(o.Services, e.is) })
	rest := slices.DeleteFunc(slices.Clone(o.Services), func(wanted string) bool {
		return slices.ContainsFunc(manual, func(e endpoint) bool { return e.is(wanted) })
	})
	if len(rest) == 0 {
		return nil, nil
	}
	found, err := discover.Pick(o.seen.Engines, rest)
	if err != nil {
		return nil, cli.Usagef("--services: %w", err)
	}
	return found, nil
}

// take measures the found engines that there is a way to; the others are told,
// and the run does not count as whole.
func (o *Options) take(found []discover.Found) error {
	for _, f := range found {
		outside := f.Way
		if o.Crew.Given() {
			f = fromInside(f, o.Cluster.Via)
		}
		switch {
		case slices.ContainsFunc(o.engines, func(e endpoint) bool { return e.name == f.Engine }):
		case f.Way.URL == "":
			o.unreached = append(o.unreached, f)
		default:
			o.engines = append(o.engines, endpoint{name: f.Engine, kind: engine.Kind(f.Kind), url: f.Way.URL, via: f.Way.Via, found: &f, outside: outside})
			_, _ = fmt.Fprintf(o.Streams.Err, "%s: %s/%s by %s, %s\n", f.Engine, f.Namespace, f.Name, f.Via, ui.Printable(f.URL))
		}
	}
	for _, f := range o.unreached {
		_, _ = fmt.Fprintf(o.Streams.Err, "%s: %s/%s is left out: %s\n", f.Engine, f.Namespace, f.Name, ui.Printable(f.Reason))
	}
	switch {
	case len(o.engines) > 0:
		return nil
	case len(o.unreached) > 0:
		return fmt.Errorf("none of the engines found in %s can be measured: %s; %s", o.seen.Place(), reasons(o.unreached), elsewhere)
	}
	return fmt.Errorf("no engine to measure: none was found in %s; look elsewhere with -n or -A, %s", o.seen.Place(), elsewhere)
}

func reasons(unreached []discover.Found) string {
	var all []string
	for _, f := range unreached {
		all = append(all, f.Engine+" ("+ui.Printable(f.Reason)+")")
	}
	return strings.Join(all, ", ")
}

// searchFindings are what the search has to say of the run: the engines that
// it found no way to, what stands on the ways to the others, and what it was
// not let look at.
func (o *Options) searchFindings() (findings []record.Finding) {
	if o.seen == nil {
		return nil
	}
	for _, f := range o.unreached {
		findings = append(findings, record.Finding{ID: "engine-unreachable", Severity: record.SeverityError, Subject: f.Engine, Message: f.Reason,
			Remedy: "see what was tried with kubectl llmbench discover-services -n " + f.Namespace + " -o wide"})
	}
	for _, e := range o.engines {
		if e.found != nil {
			for _, f := range e.found.Findings {
				f.Subject = e.name
				findings = append(findings, f)
			}
		}
	}
	for _, s := range o.seen.Skipped {
		if s.Forbidden {
			findings = append(findings, record.Finding{ID: "not-seen", Severity: record.SeverityInfo, Subject: s.Source, Message: s.Reason,
				Remedy: "have it granted (kubectl llmbench discover-services --print-rbac), or take the run without it"})
		}
	}
	return findings
}

// groundFindings are what the checks of validate-infra have to say of the
// engines, where they were found in a cluster.
func (o *Options) groundFindings(ctx context.Context) []record.Finding {
	if o.seen == nil {
		return nil
	}
	checks, err := o.seen.Validate(ctx, o.System.Now(), true)
	if err != nil {
		return []record.Finding{{ID: "ground", Severity: record.SeverityWarn, Subject: "run",
			Message: "the ground that the engines stand on was not looked at: " + err.Error(), Remedy: "run kubectl llmbench validate-infra"}}
	}
	return slices.DeleteFunc(cluster.Findings(checks), func(f record.Finding) bool { return slices.Contains(saidAlready, f.ID) })
}

// saidAlready are checks of the way in, which discovery and preflight say more of.
var saidAlready = []string{"way-found", "way-timeout", "way-buffering", "session-affinity", "engines-found"}

// environment is the ground the run stands on, as far as the cluster shows it.
func (o *Options) environment(engines []record.EngineInfo) record.Environment {
	e := record.Environment{Engines: engines}
	if o.seen != nil {
		e.Cluster, e.Nodes = &o.seen.About, o.seen.Nodes
	}
	return e
}
