package crew

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Crew is the workers of one run, and where what they measure goes.
type Crew struct {
	Cluster   *kube.Cluster
	Namespace string
	Plan      fleet.Plan
	Sink      bench.Sink
	Notify    bench.Notify
	Say       func(string)
}

const (
	// startTime is what a Job may take beyond the run itself: pulling an image,
	// waiting for nodes, waiting for a caller who was killed.
	startTime = 30 * time.Minute
	// slower is how much longer than expected a run may take.
	slower = 4
	// keepFor is how long a Job stays when it is over, for a caller to come back to
	// its logs.
	keepFor = 6 * time.Hour
)

func (c *Crew) workers() *kube.Workers {
	id := c.Plan.Run.RunID
	return c.Cluster.Workers(c.Namespace, fleet.JobName(id), fleet.RunSelector(id))
}

// Start makes the run's objects.
func (c *Crew) Start(ctx context.Context, f *Flags, apart []fleet.Peer) error {
	spec, err := f.spec()
	if err != nil {
		return err
	}
	if spec.Tokens, err = f.tokens(c.Plan.Engines); err != nil {
		return err
	}
	spec.Namespace, spec.RunID, spec.Apart = c.Namespace, c.Plan.Run.RunID, apart
	expected := time.Duration(c.Plan.Run.Plan.ExpectedS * float64(time.Second))
	spec.Deadline, spec.Keep = startTime+slower*expected, keepFor
	plan, err := c.Plan.Encode()
	if err != nil {
		return err
	}
	if err := c.workers().Create(ctx, spec.ConfigMap(plan), spec.Job()); err != nil {
		return err
	}
	c.Say(fmt.Sprintf("%d workers in namespace %s (Job %s, image %s)", spec.Workers, c.Namespace, fleet.JobName(spec.RunID), spec.Image))
	return nil
}

// Unled waits a few seconds to see that nobody else leads the workers, and returns
// fleet.ErrLed where somebody does.
func (c *Crew) Unled(ctx context.Context) error {
	return fleet.Unled(ctx, fleet.InCluster{Workers: c.workers()})
}

// Conduct leads the workers to their end. With leave, an interrupt leaves them to
// themselves; else it ends them. Where they are over, or never began, their objects
// are removed.
func (c *Crew) Conduct(ctx context.Context, startTimeout time.Duration, detach, leave bool) (fleet.Outcome, error) {
	w := c.workers()
	o := fleet.Options{
		Pods: fleet.InCluster{Workers: w}, Plan: c.Plan, Sink: c.Sink, Notify: c.Notify, Say: c.Say,
		StartTimeout: startTimeout, Detach: detach,
	}
	if !leave {
		o.Stop = w.Delete
	}
	out, err := fleet.Conduct(ctx, o)
	out.Findings = append(out.Findings, describe(out)...)
	interrupted := ctx.Err() != nil
	switch {
	case errors.Is(err, fleet.ErrLed):
		err = fmt.Errorf("%w now: the whole result is written there, and here is what came until then", err)
	case goOn(err):
		err = fmt.Errorf("%w; the workers go on: come back to them with 'kubectl llmbench attach %s -n %s'", err, c.Plan.Run.RunID, c.Namespace)
	}
	if detach && err == nil && !interrupted || interrupted && leave || goOn(err) || errors.Is(err, fleet.ErrLed) {
		return out, err
	}
	return out, errors.Join(err, c.remove(ctx, w))
}

// goOn says of an error that the workers go on in spite of it.
func goOn(err error) bool {
	return errors.Is(err, kube.ErrUnreachable) || errors.Is(err, kube.ErrCredentials)
}

// removeTime bounds how long it takes to remove a run's objects.
const removeTime = 20 * time.Second

func (c *Crew) remove(ctx context.Context, w *kube.Workers) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTime)
	defer cancel()
	if err := w.Delete(ctx); err != nil {
		return fmt.Errorf("%w; remove it with 'kubectl llmbench cleanup %s -n %s'", err, c.Plan.Run.RunID, c.Namespace)
	}
	return nil
}

// describe says of a result where it was measured from, and how sure the workers'
// clocks are.
func describe(out fleet.Outcome) (findings []record.Finding) {
	if !slices.ContainsFunc(out.Workers, func(w record.Worker) bool { return w.Samples > 0 }) {
		return nil
	}
	width, known := 0.0, true
	nodes := map[string]bool{}
	for _, w := range out.Workers {
		known = known && w.OffsetLowMS.Known() && w.OffsetHighMS.Known()
		width = max(width, w.OffsetHighMS.Or(0)-w.OffsetLowMS.Or(0))
		if w.Node != "" {
			nodes[w.Node] = true
		}
	}
	clocks := "how far their clocks are from the caller's is not known"
	if known {
		clocks = fmt.Sprintf("their clocks are known to within %.0f ms of the caller's", width)
	}
	findings = append(findings, record.Finding{
		ID: "in-cluster", Severity: record.SeverityInfo, Subject: "run",
		Message: fmt.Sprintf("it was measured from inside the cluster by %d workers on %d nodes; %s, and no latency depends on that", len(out.Workers), len(nodes), clocks),
	})
	for _, w := range out.Workers {
		for _, e := range out.Engines {
			if w.Node != "" && w.Node == e.Node {
				findings = append(findings, record.Finding{
					ID: "worker-beside-engine", Severity: record.SeverityWarn, Subject: e.Engine,
					Message: fmt.Sprintf("worker %d ran on its node %s, so they shared the node's processors", w.Index, w.Node),
					Remedy:  "keep workers elsewhere with --worker-node-selector",
				})
			}
		}
	}
	return findings
}
