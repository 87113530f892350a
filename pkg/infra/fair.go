package infra

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// compared is a rule on one knob of all engines.
func compared(k *knob) func(*site) []record.Check {
	return func(s *site) []record.Check {
		var known []*standing
		var values []setting
		var told []record.Check
		for _, e := range s.engines {
			v := k.of(e)
			if v.known() {
				known, values = append(known, e), append(values, v)
				continue
			}
			told = append(told, k.unknown(s, e)...)
		}
		if len(known) < 2 {
			for i, e := range known {
				told = append(told, skip(e.name(), "its %s is %s (%s), and nobody else's is known", k.what, values[i].value, values[i].source)...)
			}
			return told
		}
		return append(k.judge(known, values), told...)
	}
}

// of is an engine's setting of the knob.
func (k *knob) of(e *standing) setting {
	if k.probed != nil && e.probe != nil {
		if v := k.canon(k.probed(e.probe)); v != "" {
			return setting{value: v, source: "it says"}
		}
	}
	w, ok := k.ways[e.kind()]
	if !ok {
		return setting{}
	}
	usual := w.usual
	if k.usual != nil && usual == "" && len(e.pods) > 0 {
		usual = k.usual(e)
	}
	v := e.read(w.flags, w.variables, usual)
	if k.toggle && strings.HasPrefix(v.source, "--") {
		v.value = switched(v)
	}
	v.value = k.canon(v.value)
	return v
}

// switched is what a flag that switches something comes to. What follows it is
// its value only where that is one.
func switched(v setting) string {
	value := cmp.Or(onOff(v.value), "on")
	if strings.HasPrefix(v.source, "--no-") || strings.HasPrefix(v.source, "--disable-") {
		return map[string]string{"on": "off", "off": "on"}[value]
	}
	return value
}

// unknown says why an engine's setting is not known.
func (k *knob) unknown(s *site, e *standing) []record.Check {
	if _, ok := k.ways[e.kind()]; !ok {
		return skip(e.name(), "%s has no setting of its %s", e.Kind, k.what)
	}
	if len(e.pods) == 0 {
		return withPods(nil)(s, e)
	}
	return skip(e.name(), "neither the pod nor the engine tells its %s", k.what)
}

func (k *knob) judge(engines []*standing, values []setting) []record.Check {
	var told, different []string
	for i, e := range engines {
		told = append(told, fmt.Sprintf("%s %s (%s)", e.name(), values[i].value, values[i].source))
		if !slices.Contains(different, values[i].value) {
			different = append(different, values[i].value)
		}
	}
	if len(different) == 1 {
		return pass(names(engines...), "the %s of each is %s", k.what, different[0])
	}
	return k.say(names(engines...), k.remedy(engines, values, k.common(different)), "%s differs: %s; %s", k.what, strings.Join(told, ", "), k.effect)
}

// remedy gives every engine the same value.
func (k *knob) remedy(engines []*standing, values []setting, common string) string {
	var commands []string
	for i, e := range engines {
		set := k.ways[e.kind()].set
		switch {
		case values[i].value == k.canon(common):
		case set == "" || len(e.pods) == 0:
			commands = append(commands, fmt.Sprintf("# set the %s of %s to %s", k.what, e.name(), common))
		case strings.HasPrefix(set, "--") && k.toggle:
			commands = append(commands, e.setFlag(set, ""))
		case k.toggle:
			commands = append(commands, e.setEnv(set, "1"))
		case strings.HasPrefix(set, "--"):
			commands = append(commands, e.setFlag(set, common))
		default:
			commands = append(commands, e.setEnv(set, common))
		}
	}
	return strings.Join(commands, "\n")
}
