package fleet

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

const (
	// pings is how often the clocks of worker and caller are set against each
	// other before the start, and pingTime how long that may take once all are
	// ready.
	pings    = 3
	pingTime = 10 * time.Second
)

// starting brings the workers to their start, or says why they cannot be.
func (c *conductor) starting() error {
	if err := c.hopeless(); err != nil {
		return err
	}
	ready, ponged := 0, 0
	for _, m := range c.crew {
		if (m.hello != nil || m.past()) && m.live() && m.clock.pongs < pings && m.ordered().Ping <= m.lastPing {
			c.order(m, func(o *Orders) { o.Ping = m.lastPing + 1 })
		}
		if m.ready != nil || m.past() {
			ready++
		}
		if m.clock.pongs >= pings || !m.live() {
			ponged++
		}
	}
	if ready < len(c.crew) {
		return nil
	}
	if c.readySince.IsZero() {
		c.readySince = time.Now()
	}
	if ponged < len(c.crew) && time.Since(c.readySince) < pingTime {
		return nil
	}
	return c.start()
}

// hopeless says why the workers will not come about.
func (c *conductor) hopeless() error {
	last := ""
	for _, t := range c.troubles {
		last = t.String()
		c.sayOnce(last)
		if t.Hopeless {
			return fmt.Errorf("%w: %s", ErrNotStarted, last)
		}
	}
	ready := 0
	for _, m := range c.crew {
		switch {
		case m.over && !m.unexplained() && !m.past() && m.samples == 0:
			return fmt.Errorf("%w: %s ended before it was ready: %s", ErrNotStarted, m.name(), m.lost)
		case m.pod.Hopeless && !m.pod.Begun:
			return fmt.Errorf("%w: %s: %s", ErrNotStarted, m.name(), m.pod.Why)
		case m.ready != nil, m.past(), m.over:
			ready++
		case m.pod.Why != "":
			last = m.name() + ": " + m.pod.Why
		}
	}
	if ready < len(c.crew) && time.Since(c.begun) > c.StartTimeout {
		if last == "" {
			last = "nothing says why"
		}
		return fmt.Errorf("%w: %d of %d were ready after %v (--worker-start-timeout): %s", ErrNotStarted, ready, len(c.crew), c.StartTimeout, last)
	}
	return nil
}

// start agrees on the engines and lets all workers begin, those that another
// caller has not let begin before.
func (c *conductor) start() error {
	if slices.ContainsFunc(c.crew, func(m *member) bool { return m.ready == nil }) {
		c.running = true // the begin of a log is gone, so it is long past
		return nil
	}
	if c.engines == nil {
		c.engines = c.agreed()
	}
	if len(c.engines) == 0 {
		return bench.ErrNoEngine
	}
	if err := c.divide(); err != nil {
		return err
	}
	for _, m := range c.crew {
		if m.started == nil {
			start := &Start{Engines: c.engines, OffsetNS: int64(m.clock.offset()), Bounds: m.clock.bounds()}
			c.order(m, func(o *Orders) { o.Start = start })
		}
	}
	c.running = true
	return nil
}

// agreed are the engines that passed preflight on every worker, for an engine
// that some do not reach would get a load that nobody asked for.
func (c *conductor) agreed() []string {
	reaching := map[string]int{}
	for _, m := range c.crew {
		for _, e := range m.ready.Engines {
			reaching[e.Engine]++
		}
		for _, f := range m.ready.Findings {
			c.find(f)
		}
	}
	var all []string
	for _, e := range c.Plan.Engines {
		switch n := reaching[e.Name]; {
		case n == len(c.crew):
			all = append(all, e.Name)
		case n > 0:
			c.find(record.Finding{
				ID: "worker-preflight", Severity: record.SeverityError, Subject: e.Name,
				Message: fmt.Sprintf("it is left out, because only %d of %d workers reach it: not %s", n, len(c.crew), strings.Join(c.without(e.Name), ", ")),
				Remedy:  "see whether a NetworkPolicy or the node stands between them (kubectl llmbench validate-infra), or choose nodes with --worker-node-selector",
			})
		}
	}
	return all
}

// without names the workers that do not reach an engine, with their nodes.
func (c *conductor) without(engine string) (names []string) {
	for _, m := range c.crew {
		if !slices.ContainsFunc(m.ready.Engines, func(e record.EngineInfo) bool { return e.Engine == engine }) {
			names = append(names, fmt.Sprintf("worker %d on %s", m.index, m.pod.Node))
		}
	}
	return names
}
