package fleet

import (
	"cmp"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// hear takes what came of a worker's log.
func (c *conductor) hear(h heard) {
	if h.over {
		c.silent(h)
		return
	}
	m, msg := h.m, h.msg
	m.clock.heard(msg.Sent, h.at)
	switch {
	case msg.Hello != nil:
		m.hello = msg.Hello
	case msg.Pong != nil:
		if msg.Pong.By == c.leading.By { // another caller's clock is another one
			m.clock.pong(*msg.Pong)
			m.lastPing = max(m.lastPing, msg.Pong.Ping)
		}
	case msg.Ready != nil:
		m.ready = msg.Ready
	case msg.Started != nil:
		m.started = msg.Started
		c.engines = msg.Started.Engines
		_ = c.divide() // start says what is wrong
	case msg.Gate != nil:
		m.gate = *msg.Gate
		m.lateMS = max(m.lateMS, msg.Gate.LateMS)
	case msg.Final != nil:
		m.final = msg.Final
	}
	c.keep(m, msg)
}

// keep hands on what was measured.
func (c *conductor) keep(m *member, msg *Message) {
	if c.divided != nil && m.started != nil {
		c.divided.hear(m, msg, millis(msg.Sent.Add(-m.started.offset()).Sub(c.Plan.Run.StartedAt)))
	}
	for i := range msg.Samples {
		s := &msg.Samples[i]
		m.samples++
		c.Sink.Sample(*s)
		c.Notify(bench.Event{Kind: bench.EventRequest, Scenario: s.Scenario, Engine: s.Engine, Sample: s})
	}
	for _, b := range msg.Blocks {
		c.Sink.Block(b)
	}
	for _, s := range msg.Server {
		c.Sink.Server(s)
	}
	for _, e := range msg.Events {
		c.Notify(bench.Event{Kind: e.Kind, Scenario: e.Scenario, Engine: e.Engine, Total: e.Total})
	}
	for _, f := range msg.Findings {
		c.find(f)
	}
}

// find keeps a finding that several workers may have made.
func (c *conductor) find(f record.Finding) {
	for _, known := range c.out.Findings {
		if known.ID == f.ID && known.Subject == f.Subject {
			return
		}
	}
	c.out.Findings = append(c.out.Findings, f)
	c.Say(f.Subject + ": " + f.Message)
}

// silent takes the end of a worker's log. One that had not said its last is lost.
func (c *conductor) silent(h heard) {
	m := h.m
	m.over, m.missing, m.other = true, h.missing, h.other
	if m.final == nil || m.final.Interrupted && !c.stopping {
		m.overAt = time.Now()
		c.explain(m)
	}
}

// explainTime is how long the cluster may take to say why a worker ended.
const explainTime = 3 * time.Second

// unexplained says that a worker was lost, and that the cluster may yet say why.
func (m *member) unexplained() bool { return !m.overAt.IsZero() && m.lost == "" }

// explain says why a worker was lost, as soon as that is known.
func (c *conductor) explain(m *member) {
	if !m.unexplained() {
		return
	}
	why := cmp.Or(m.pod.Why, c.troubleOf(m.pod.Name))
	if why == "" && time.Since(m.overAt) < explainTime {
		return
	}
	why = cmp.Or(why, "its log ended and nothing says why")
	if last := len(m.other) - 1; last >= 0 {
		why += "; it said: " + strings.TrimSpace(m.other[last])
	}
	m.lost = why
	c.sayOnce(m.name() + " is lost: " + why)
}
