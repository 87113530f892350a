package discover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// settle takes the best way that answers and describes the engine, or says
// why the candidate is none.
func settle(ix *index, c *candidate) (*Found, record.Skipped) {
	best := c.usable()
	if why := c.dismissed(best); why != "" {
		return nil, record.Skipped{Source: c.source(), Reason: why}
	}
	kind := c.kind
	if best != nil {
		best.status = record.CandidateChosen
		kind = best.answer.identity.Kind
	}
	f := &Found{DiscoveredEngine: record.DiscoveredEngine{
		Kind: string(kind), Name: c.name, Namespace: c.namespace, Models: []string{},
		Reason: c.whyNone(), Candidates: []record.Candidate{}, Info: info(ix, c),
	}}
	for _, front := range c.fronts {
		f.Services = append(f.Services, front.Name)
	}
	for _, m := range c.members {
		f.Pods = append(f.Pods, m.name)
	}
	f.Info.Kind = string(kind)
	for _, r := range c.rungs {
		f.Candidates = append(f.Candidates, r.candidate(c, best))
	}
	if best != nil {
		f.take(best, c)
	}
	return f, record.Skipped{}
}

// dismissed says why a candidate is no engine, "" for one that is.
func (c *candidate) dismissed(best *rung) string {
	looks := "looks like an engine by " + strings.Join(c.evidence, ", ")
	if best != nil {
		if best.answer.identity.Kind == "" {
			return looks + "; it wants a token, and without one its kind cannot be told"
		}
		return ""
	}
	foreign := slices.ContainsFunc(c.rungs, func(r *rung) bool { return r.answer.foreign })
	switch {
	case c.level == strong:
		return ""
	case foreign:
		return looks + ", but answers as none that is known"
	case c.kind == "":
		return looks + ", but " + c.whyNone()
	}
	return ""
}

// source names a candidate's object.
func (c *candidate) source() string {
	if len(c.fronts) > 0 {
		return "service " + c.subject()
	}
	return "pod " + c.subject()
}

// take fills in what the chosen way told.
func (f *Found) take(r *rung, c *candidate) {
	id := r.answer.identity
	f.URL, f.Via, f.TLS = r.url, r.via, strings.HasPrefix(r.url, "https:")
	f.Version, f.Healthy, f.RTTMS = id.Version, r.answer.healthy, r.answer.rtt
	f.Findings = r.findings
	f.Reason = r.worth(c) + "; recognised by " + strings.Join(c.evidence, ", ")
	f.WantsToken, f.Identity = r.answer.wantsToken, id
	f.Way = Way{Via: r.via, URL: r.url, Address: r.answer.address, Tunnel: r.tunnel}
	for _, m := range id.Models {
		f.Models = append(f.Models, m.Name)
	}
	f.Info.Version, f.Info.Endpoint, f.Info.Via = id.Version, r.url, r.via
	if len(id.Models) == 1 {
		m := id.Models[0]
		f.Info.Model, f.Info.DtypeOrQuantisation, f.Info.ContextLength = m.Name, m.DtypeOrQuantisation, m.ContextLength
	}
}

// whyNone says why no way leads to a candidate.
func (c *candidate) whyNone() string {
	if why := c.whyNoneReady(); why != "" {
		return why
	}
	var tried []string
	for _, r := range c.rungs {
		if r.status == record.CandidateFailed || r.status == record.CandidateRefused {
			tried = append(tried, r.label()+": "+r.reason)
		}
	}
	if len(tried) == 0 {
		return "no way leads to it from here"
	}
	return "no way leads to it: " + strings.Join(tried, "; ")
}

// label names a way: by its object where that tells the rung.
func (r *rung) label() string {
	switch r.via {
	case viaRoute, viaHTTPRoute:
		return r.object
	case viaIngress:
		if strings.HasPrefix(r.object, viaIngress+"/") {
			return r.object
		}
	}
	return r.via + " by " + r.object
}

// worth words what came back over a way that answers.
func (r *rung) worth(c *candidate) string {
	var text strings.Builder
	switch a := r.answer; {
	case a.wantsToken:
		fmt.Fprintf(&text, "%s wants a token: give it with --engine-token-file; taken for %s until then", r.label(), cmp.Or(string(a.identity.Kind), "an engine"))
	default:
		fmt.Fprintf(&text, "%s answers as %s", r.label(), strings.TrimSpace(string(a.identity.Kind)+" "+a.identity.Version))
		if c.kind != "" && c.kind != a.identity.Kind && a.identity.Kind != engine.OpenAI {
			fmt.Fprintf(&text, ", though it looks like %s", c.kind)
		}
	}
	switch {
	case r.answer.healthy && r.answer.health != "":
		text.WriteString("; " + r.answer.health)
	case r.answer.healthy:
		text.WriteString(", healthy")
	case r.answer.health != "":
		text.WriteString(", but is not healthy: " + r.answer.health)
	}
	if r.answer.address != "" {
		text.WriteString("; its name does not resolve here, so it is reached at " + r.answer.address)
	}
	return text.String()
}

// candidate is a way as results show it.
func (r *rung) candidate(c *candidate, best *rung) record.Candidate {
	reason := r.reason
	switch r.status {
	case record.CandidateChosen:
		reason = r.worth(c)
	case record.CandidateUsable:
		reason = r.worth(c) + "; " + best.label() + " is better"
	}
	if len(r.notes) > 0 {
		reason = strings.TrimPrefix(reason+"; "+strings.Join(r.notes, "; "), "; ")
	}
	return record.Candidate{Via: r.via, Object: r.object, URL: r.url, Status: r.status, Reason: reason, RTTMS: r.answer.rtt}
}
