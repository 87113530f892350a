package fleet

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Three workers ask for far more than may be under way, and together keep to that.
func TestTheCapBoundsAllWorkersTogether(t *testing.T) {
	t.Parallel()
	const most = 4
	s, g := newStage(t, 3, `
test_scenarios:
  ttft: {enabled: false}
  load_tests: [{name: rate, arrival: constant, rate_per_s: 200, duration_seconds: 1, warmup_seconds: 0, max_in_flight: 4, max_tokens: 40}]
generation: {max_tokens: 40}
`), newGathered()
	if _, err := s.conduct(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	everything(t, s, g)
	type change struct {
		at float64
		by int
	}
	var changes []change
	dropped := int64(0)
	for _, one := range g.samples {
		if sent, known := one.SentMS.Get(); known && one.Scenario == "rate" {
			changes = append(changes, change{sent, 1}, change{sent + one.E2EMS.Or(0), -1})
		}
	}
	for _, b := range g.blocks {
		dropped += b.Dropped
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), a.by-b.by) })
	now, peak := 0, 0
	for _, c := range changes {
		now += c.by
		peak = max(peak, now)
	}
	if peak < 2 || peak > most || dropped == 0 {
		t.Errorf("%d requests were under way, and %d may be; %d were dropped", peak, most, dropped)
	}
}

// An engine that only some workers reach is left out, with the reason and who does
// not reach it; what two workers find alike is one finding.
func TestAnEngineIsMeasuredIfAllReachIt(t *testing.T) {
	var said []string
	ready := func(engines ...string) *Ready {
		r := &Ready{Findings: []record.Finding{{ID: "old-version", Subject: "vllm", Message: "it is old"}}}
		for _, e := range engines {
			r.Engines = append(r.Engines, record.EngineInfo{Engine: e})
		}
		return r
	}
	c := &conductor{Options: Options{Plan: Plan{Engines: []Engine{{Name: "vllm"}, {Name: "tgi"}, {Name: "ollama"}}}, Say: func(text string) { said = append(said, text) }}}
	c.crew = []*member{{index: 0, ready: ready("tgi", "vllm")}, {index: 1, ready: ready("vllm"), pod: Pod{Node: "n2"}}}
	if got := c.agreed(); !slices.Equal(got, []string{"vllm"}) {
		t.Errorf("measured: %v", got)
	}
	if len(c.out.Findings) != 2 || c.out.Findings[1].Subject != "tgi" || !strings.Contains(c.out.Findings[1].Message, "only 1 of 2 workers reach it: not worker 1 on n2") {
		t.Errorf("findings %+v", c.out.Findings)
	}
	if len(said) != 2 {
		t.Errorf("said %q", said)
	}
}

// What travels in a plan arrives, the limit of failures too.
func TestAPlanCarriesTheLimitOfFailures(t *testing.T) {
	data, err := Plan{Run: record.Run{SchemaVersion: record.SchemaVersion}, Workers: 1, MaxErrorRate: 0.2}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := DecodePlan(data); err != nil || back.MaxErrorRate != 0.2 {
		t.Errorf("%+v, %v", back, err)
	}
	for name, p := range map[string]Plan{"for nobody": {Run: record.Run{SchemaVersion: record.SchemaVersion}}, "for fewer than nobody": {Run: record.Run{SchemaVersion: record.SchemaVersion}, Workers: -1}} {
		data, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodePlan(data); err == nil {
			t.Errorf("a plan %s is taken", name)
		}
		if _, err := DecodePlan(data[:len(data)/2]); err == nil {
			t.Errorf("half a plan %s is taken", name)
		}
	}
}
