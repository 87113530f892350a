package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// checker holds what spans settings, and what a tag cannot say.
type checker struct {
	*Loaded
	faults Errors
}

// fault notes a problem of one setting by itself.
func (c *checker) fault(path, message, guess string) {
	if !c.faults.on(path) {
		c.faults = append(c.faults, c.near(path).fault(path, message, guess))
	}
}

// conflict notes a problem between the settings of a section. It is passed
// over where the section already has a problem, because its values are then
// not what the author meant.
func (c *checker) conflict(path, message string) {
	if !c.faults.around(path) {
		c.faults = append(c.faults, c.near(path).fault(path, message, ""))
	}
}

// near is where a setting was written, or else the section around it.
func (c *checker) near(path string) place {
	for at := path; ; at = parent(at) {
		if p, ok := c.where[at]; ok || at == "" {
			return p
		}
	}
}

func (c *checker) all() {
	c.services()
	c.scenarios()
	c.capacity()
	c.prompts()
	c.retries()
	c.judging()
}

// namespace is a DNS label (RFC 1123), or nothing.
var namespace = regexp.MustCompile(`^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$`)

func (c *checker) services() {
	s := c.Config.Services
	if !namespace.MatchString(s.Namespace) {
		c.fault("services.namespace", fmt.Sprintf("%q is no name of a namespace: want lower-case letters, digits and dashes, a letter or digit at both ends", s.Namespace), "")
	}
	for _, name := range slices.Sorted(maps.Keys(s.ManualURLs)) {
		path := "services.manual_urls." + name
		if message, guess := urlFault(s.ManualURLs[name]); message != "" {
			c.fault(path, message, guess)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Models)) {
		if s.Models[name] == "" {
			c.fault("services.models."+name, "the model's name is empty: delete the key, or name a model", "")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.API)) {
		if message, guess := apiFault(name, s.API[name]); message != "" {
			c.fault("services.api."+name, message, guess)
		}
	}
}

func (c *checker) scenarios() {
	s := c.Config.TestScenarios
	if !s.TTFT.IsEnabled() && len(s.LoadTests) == 0 && !s.Capacity.Enabled {
		c.conflict("test_scenarios", "nothing would be measured: enable ttft or capacity, or add a load test")
	}
	first := map[string]int{}
	for i, t := range s.LoadTests {
		path := fmt.Sprintf("test_scenarios.load_tests[%d]", i)
		c.name(path+".name", t.Name)
		if j, again := first[t.Name]; again && t.Name != "" {
			c.fault(path+".name", fmt.Sprintf("load test %d is called %q like load test %d: results need a name of their own", i+1, t.Name, j+1), "")
		} else {
			first[t.Name] = i
		}
		c.sweep(path, t, first)
		c.arrival(path, t)
		c.thinkTime(path+".think_time", t.ThinkTime)
	}
}

// name checks a scenario's name, which goes into tables, CSV and file names.
func (c *checker) name(path, name string) {
	odd := func(r rune) bool { return !unicode.IsPrint(r) }
	switch {
	case name == "ttft" || name == "capacity":
		c.fault(path, fmt.Sprintf("a load test cannot be called %q: results use that name for another scenario", name), "")
	case strings.TrimSpace(name) != name || strings.IndexFunc(name, odd) >= 0:
		c.fault(path, fmt.Sprintf("the name %q begins or ends with a space, or holds a control character", name), strings.Join(strings.FieldsFunc(name, func(r rune) bool { return odd(r) || unicode.IsSpace(r) }), " "))
	}
}

func (c *checker) thinkTime(path string, t ThinkTime) {
	_, bounded := c.where[path+".max_seconds"]
	if _, low := c.where[path+".min_seconds"]; low {
		bounded = true
	}
	_, single := c.where[path+".seconds"]
	switch {
	case t.Distribution == "uniform" && single:
		c.conflict(path+".seconds", "uniform think time is drawn between min_seconds and max_seconds: delete seconds")
	case t.Distribution == "uniform" && (t.MaxSeconds <= 0 || t.MinSeconds > t.MaxSeconds):
		c.conflict(path+".max_seconds", fmt.Sprintf("uniform think time lies between min_seconds and max_seconds, and %g to %g s is no range", t.MinSeconds, t.MaxSeconds))
	case t.Distribution != "uniform" && bounded:
		c.conflict(path+".distribution", fmt.Sprintf("%s think time has seconds and no min_seconds or max_seconds: delete them, or set distribution: uniform", t.Distribution))
	case t.Distribution == "exponential" && t.Seconds <= 0:
		c.conflict(path+".seconds", "exponential think time needs its mean: set seconds to more than 0")
	}
}

func (c *checker) retries() {
	r := c.Config.Retries
	if r.MaxAttempts > 1 && len(r.On) == 0 {
		c.conflict("retries.on", "retries.max_attempts asks for retries, but retries.on lists no failure to retry")
	}
	if r.InitialBackoffMS > r.MaxBackoffMS {
		c.conflict("retries.initial_backoff_ms", fmt.Sprintf("the first wait of %g ms is longer than retries.max_backoff_ms of %g ms", r.InitialBackoffMS, r.MaxBackoffMS))
	}
}
