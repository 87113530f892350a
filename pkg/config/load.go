package config

import (
	"fmt"
	"reflect"
)

// Loaded is a configuration whose layers have been merged and checked.
type Loaded struct {
	// Config holds the merged values; every default is filled in.
	Config Config
	// Origins says where each setting that some layer wrote came from: its
	// dotted path (test_scenarios.load_tests[0].name) to "name:line", or to
	// the name alone for a flag. Settings that no layer wrote are missing.
	Origins map[string]string

	where  map[string]place
	faults Errors // of overrides that were refused
	layers int
}

// Load lays the sources, lowest first, over the built-in default.yaml and the
// preset, and checks the result. Maps merge, lists replace. preset is one of
// [Presets]; "" is the standard run. An empty source changes nothing. The
// error is [Errors], and holds every problem of every source; only an unknown
// preset is a plain error.
func Load(sources []Source, preset string) (*Loaded, error) {
	below, err := presetSources(preset)
	if err != nil {
		return nil, err
	}
	l := &Loaded{where: map[string]place{}}
	for _, s := range append(below, sources...) {
		l.lay(s)
	}
	if err := l.Validate(); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Loaded) lay(s Source) {
	r := l.reader(newLayer(s, l.layers))
	body, fault := r.parse(s.Data)
	switch {
	case fault != nil:
		l.faults = append(l.faults, fault)
	case body != nil:
		// A document of one null is a file whose lines are all commented out.
		empty := *root
		empty.nullable = true
		r.read(body, &empty, reflect.ValueOf(&l.Config).Elem(), "")
	}
}

func (l *Loaded) reader(at *layer) *reader {
	l.layers++
	return &reader{layer: at, where: l.where, faults: &l.faults}
}

// Validate checks the configuration as it stands, overrides included: it
// returns [Errors], or nil. It also fills in the defaults that depend on other
// settings, and Origins.
func (l *Loaded) Validate() error {
	l.settle()
	c := checker{Loaded: l, faults: append(Errors(nil), l.faults...)}
	c.all()
	if len(c.faults) == 0 {
		return nil
	}
	c.faults.sort()
	return c.faults
}

// settle fills in what follows from other settings.
func (l *Loaded) settle() {
	p := &l.Config.Prompts
	if _, written := l.where["prompts.source"]; !written {
		p.Source = p.sourceThatFollows()
	}
	if p.Synthetic.Input != "" {
		p.Synthetic.Prefixes = max(p.Synthetic.Prefixes, 1)
	}
	// Categories chosen by a layer below are those of other prompts, and its
	// description is that of another benchmark.
	for _, path := range []string{"prompts.file", "prompts.synthetic.input", "prompts.source"} {
		if p.Source != SourceBuiltin && l.outranks(path, "prompts.categories") {
			p.Categories = nil
			l.where["prompts.categories"] = l.where[path]
		}
	}
	if l.outranks("benchmark.name", "benchmark.description") {
		l.Config.Benchmark.Description = ""
		l.where["benchmark.description"] = l.where["benchmark.name"]
	}
	for i := range l.Config.TestScenarios.LoadTests {
		_, timed := l.where[fmt.Sprintf("test_scenarios.load_tests[%d].duration_seconds", i)]
		l.Config.TestScenarios.LoadTests[i].settle(timed)
	}
	l.Origins = make(map[string]string, len(l.where))
	for path, p := range l.where {
		if path != "" {
			l.Origins[path] = p.String()
		}
	}
}

// defaultInFlight is more than engines run at once, and fewer sockets than a
// process may open.
const defaultInFlight = 1000

// settle fills in what follows from a load test's other settings; timed says
// that its duration was written.
func (t *LoadTest) settle(timed bool) {
	t.Arrival = orText(t.Arrival, ArrivalUsers)
	t.TargetMetric = orText(t.TargetMetric, "ttft")
	t.Rounds = max(t.Rounds, 1)
	if !t.IsOpen() {
		t.ThinkTime.Distribution = orText(t.ThinkTime.Distribution, "fixed")
		return
	}
	if t.MaxInFlight == 0 {
		t.MaxInFlight = defaultInFlight
	}
	if t.Arrival == ArrivalTrace && t.Trace.Speed == 0 {
		t.Trace.Speed = 1
	}
	if t.Arrival == ArrivalSteps && !timed {
		t.DurationSeconds = t.stepsSeconds()
	}
}

func (t *LoadTest) stepsSeconds() (sum float64) {
	for _, s := range t.Steps {
		sum += s.DurationSeconds
	}
	return sum
}

// outranks says whether a setting comes from a higher layer than another.
func (l *Loaded) outranks(path, other string) bool {
	p, written := l.where[path]
	q, otherWritten := l.where[other]
	return written && otherWritten && p.order > q.order
}

func orText(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
