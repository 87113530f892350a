package benchmark

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/crew"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/inputs"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// viaInside is the rung of the ladder that leads to an engine from a pod.
const viaInside = "cluster-dns"

// checkCrew refuses what cannot be measured from inside the cluster.
func (o *Options) checkCrew() error {
	if err := o.Crew.Check(); err != nil || !o.Crew.Given() {
		return err
	}
	switch {
	case o.Simulate:
		return cli.Usagef("--in-cluster measures from pods, and --simulate runs engines on this machine, which no pod reaches: choose one")
	case o.config.Config.Output.RecordText:
		return cli.Usagef("--record-text (output.record_text) keeps prompts and answers on this machine; with --in-cluster they would pass through the workers' logs, which others can read: leave one of the two out")
	case o.tooThin() != "":
		return cli.Usagef("load test %q may have fewer requests under way than there are workers, and each worker needs one: raise its max_in_flight, or measure with fewer", o.tooThin())
	case len(o.TokenFiles) > 0:
		return cli.Usagef("--engine-token-file is for requests from here; a worker gets its token from a Secret: --engine-token-secret NAME/KEY")
	}
	return nil
}

// tooThin is a load test whose max_in_flight does not give every worker a request: a
// worker always has one, so that together they would pass it.
func (o *Options) tooThin() string {
	for _, t := range o.config.Config.TestScenarios.LoadTests {
		if t.IsOpen() && t.MaxInFlight < int(o.Crew.Workers) {
			return t.Name
		}
	}
	if c := o.config.Config.TestScenarios.Capacity; c.Enabled && c.MaxInFlight < int(o.Crew.Workers) {
		return bench.CapacityScenario
	}
	return ""
}

// fromInside takes the way to an engine that pods take: the name of its Service,
// unless another way was pinned.
func fromInside(f discover.Found, pinned string) discover.Found {
	if pinned != "" {
		return f
	}
	for _, c := range f.Candidates {
		if c.Via == viaInside {
			f.Way = discover.Way{Via: viaInside, URL: c.URL}
			f.Via, f.URL, f.Info.Via, f.Info.Endpoint = viaInside, c.URL, viaInside, c.URL
			f.Findings = nil // they are of the way from here
			return f
		}
	}
	f.Way, f.Reason = discover.Way{}, "it has no Service, so no name leads to it from inside the cluster; name its address with --url"
	return f
}

// runInCluster measures with workers that run in the cluster.
func (o *Options) runInCluster(ctx context.Context) error {
	if o.search.Cluster() == nil {
		o.search = cluster.Search{Flags: &o.Cluster, Getenv: o.System.Getenv, Say: cluster.Teller(o.Streams, o.Verbose)}
		if err := o.search.Connect(); err != nil {
			return err
		}
	}
	if _, err := o.prompts(); err != nil {
		return err // before anything is made in the cluster
	}
	if err := o.askFromHere(ctx); err != nil {
		return err
	}
	j, err := o.openJournal(ctx)
	if err != nil {
		return err
	}
	defer j.progress.Close(false)
	for _, f := range append(o.searchFindings(), o.groundFindings(ctx)...) {
		j.find(f)
	}
	team, err := o.crew(j)
	if err == nil {
		err = team.Start(ctx, &o.Crew, o.apart())
	}
	if err != nil {
		return o.abandon(j, err)
	}
	out, err := team.Conduct(ctx, o.Crew.StartTimeout, o.Crew.Detach, false)
	j.outcome(out)
	switch {
	case o.Crew.Detach && err == nil:
		return o.leave(j)
	case errors.Is(err, fleet.ErrNotStarted):
		return o.abandon(j, err)
	}
	return o.close(j, err)
}

// crew is what the workers are to do.
func (o *Options) crew(j *journal) (*crew.Crew, error) {
	transport, err := o.transport()
	if err != nil {
		return nil, err
	}
	plan := fleet.Plan{
		Run: j.run, Workers: int(o.Crew.Workers), CAPEM: transport.CAPEM, Insecure: transport.InsecureSkipVerify,
		MaxErrorRate: o.Rails.maxErrorRate, Files: map[string][]byte{},
	}
	for _, name := range inputs.Files(o.config.Config) {
		if plan.Files[name], err = o.System.ReadFile(name); err != nil {
			return nil, err
		}
	}
	s := o.config.Config.Services
	for _, e := range o.engines {
		if e.found == nil && e.via == viaManual {
			if _, err := bench.ParseBase(e.url); err != nil {
				return nil, cli.Usagef("%w", err)
			}
		}
		plan.Engines = append(plan.Engines, fleet.Engine{
			Name: e.name, Kind: string(e.kind), URL: e.url, Via: e.via, API: s.API[e.name], Model: cmp.Or(s.Models[e.name], s.Model), Info: e.info(),
		})
	}
	return &crew.Crew{
		Cluster: o.search.Cluster(), Namespace: o.search.Cluster().Namespace, Plan: plan, Sink: j.recorder, Notify: j.notify,
		Say: func(text string) { j.progress.Log("%s", ui.Printable(text)) },
	}, nil
}

// apart are the pods that workers keep away from: those of the engines, by the
// labels that their Services choose them by.
func (o *Options) apart() (peers []fleet.Peer) {
	for _, e := range o.engines {
		if e.found == nil || o.seen == nil {
			continue
		}
		for _, s := range o.seen.Inventory.Services {
			if s.Namespace == e.found.Namespace && slices.Contains(e.found.Services, s.Name) && len(s.Spec.Selector) > 0 {
				peers = append(peers, fleet.Peer{Namespace: s.Namespace, Labels: s.Spec.Selector})
				break
			}
		}
	}
	return peers
}

// outcome keeps what the workers came to.
func (j *journal) outcome(out fleet.Outcome) {
	for _, f := range out.Findings {
		j.find(f)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.run.Environment.Workers = out.Workers
	for _, e := range out.Engines {
		for i, known := range j.run.Plan.Engines {
			if known.Engine == e.Engine {
				j.run.Plan.Engines[i] = e
			}
		}
		if e.InsecureTLS {
			j.run.Findings = append(j.run.Findings, record.Finding{
				ID: "insecure-tls", Severity: record.SeverityWarn, Subject: e.Engine,
				Message: "its certificate was not verified, so nothing shows that it was this engine which answered",
				Remedy:  "pass its authority with --engine-ca-file in place of --engine-insecure-skip-tls-verify",
			})
		}
	}
	j.run.Environment.Engines = j.run.Plan.Engines
	if err := j.dir.WriteRun(j.run); err != nil {
		j.log.Error("save the run", "error", err.Error())
	}
}

// abandon ends a run in which nothing was measured, so that there is nothing to
// show.
func (o *Options) abandon(j *journal, why error) error {
	j.finish(o.System.Now(), false, false)
	return errors.Join(why, j.dir.Close())
}

// leave lets a run go on without this program, and says how to come back to it.
func (o *Options) leave(j *journal) error {
	j.progress.Close(false)
	kept := errors.Join(j.recorder.Close(), j.logFile.Close(), j.dir.Close())
	_, err := fmt.Fprintf(o.Streams.Err, "the run goes on in the cluster; collect it with:\n  kubectl llmbench attach %s -n %s\n", j.dir.Path(), o.search.Cluster().Namespace)
	if o.Output == outputName {
		_, err = fmt.Fprintln(o.Streams.Out, j.dir.Path())
	}
	return errors.Join(kept, err)
}
