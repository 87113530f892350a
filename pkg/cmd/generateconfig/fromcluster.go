package generateconfig

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// schemaLine tells editors by what to check the file.
const schemaLine = "# yaml-language-server: $schema=https://raw.githubusercontent.com/kubectl-llmbench/kubectl-llmbench/main/docs/schema/config.json\n"

// builtinContext is what the built-in prompts and answers take, in tokens.
const builtinContext = 4096

// writer puts a configuration together. Whatever comes from a cluster goes
// through comment or quoted.
type writer struct{ b strings.Builder }

// line writes text of our own.
func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

// comment writes text in lines of their own, whatever it holds.
func (w *writer) comment(indent, text string) {
	w.line("%s# %s", indent, strings.TrimRight(ui.Printable(text), " "))
}

// quoted is text as a YAML scalar in double quotes, whose escapes are those of
// Go where everything beyond ASCII is escaped.
func quoted(text string) string { return strconv.QuoteToASCII(strings.ToValidUTF8(text, "\ufffd")) }

// fromCluster writes a configuration for the engines that were found in a place.
func fromCluster(doc record.Discovery, place string) []byte {
	w := &writer{}
	w.b.WriteString(schemaLine)
	w.line("#")
	w.comment("", "The engines of "+place+".")
	w.line("# What is not said here has the value of the standard run; see")
	w.line("#   kubectl llmbench generate-config --preset standard")
	w.line("")
	namespaces := namespacesOf(doc)
	w.line("benchmark:\n  name: %s\n", quoted(strings.Join(namespaces, " ")))
	w.services(doc, namespaces)
	w.scenarios()
	w.generation(doc)
	return []byte(w.b.String())
}

func namespacesOf(doc record.Discovery) (all []string) {
	for _, e := range doc.Engines {
		all = append(all, e.Namespace)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// services says which engines there are. They are looked for again in each run,
// so that no address grows old; URLs are given to pin.
func (w *writer) services(doc record.Discovery, namespaces []string) {
	w.line("services:")
	if len(namespaces) == 1 {
		w.line("  # Engines are looked for here at each run.")
		w.line("  namespace: %s", quoted(namespaces[0]))
	} else {
		w.line("  # The engines stand in several namespaces: run this with -A.")
	}
	w.line("")
	for _, e := range doc.Engines {
		w.about(e)
	}
	w.models(doc)
	w.urls(doc)
	w.line("")
}

// about describes an engine.
func (w *writer) about(e record.DiscoveredEngine) {
	what := strings.TrimSpace(e.Kind + " " + e.Version)
	w.comment("  ", fmt.Sprintf("%s is %s, service %s in %s.", e.Engine, what, e.Name, e.Namespace))
	if hardware := hardwareOf(e.Info); hardware != "" {
		w.comment("  ", "  It has "+hardware+".")
	}
	if e.Via == "" {
		w.comment("  ", "  No way leads to it: "+e.Reason)
	} else {
		w.comment("  ", "  It is reached by "+e.Via+": "+cmp.Or(e.Reason, e.URL))
	}
	for _, f := range e.Findings {
		w.comment("  ", "  "+f.Message+cmp.Or(prefixed("; ", f.Remedy), "."))
	}
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func hardwareOf(e record.EngineInfo) string {
	var parts []string
	if e.Replicas > 0 {
		parts = append(parts, fmt.Sprintf("replicas: %d", e.Replicas))
	}
	if e.GPU != nil {
		parts = append(parts, fmt.Sprintf("GPUs: %d x %s", e.GPU.Count, e.GPU.Product))
	}
	if e.DtypeOrQuantisation != "" {
		parts = append(parts, e.DtypeOrQuantisation)
	}
	if e.ContextLength > 0 {
		parts = append(parts, fmt.Sprintf("a context of %d tokens", e.ContextLength))
	}
	return strings.Join(parts, ", ")
}

// models pins each engine's model, so that a run does not measure another one
// unawares.
func (w *writer) models(doc record.Discovery) {
	begun := false
	for _, e := range doc.Engines {
		// A model without a name cannot be asked for.
		models := slices.DeleteFunc(slices.Clone(e.Models), func(m string) bool { return m == "" })
		if len(models) == 0 {
			continue
		}
		if !begun {
			w.line("\n  # What each engine is asked for; one that serves something else is told.")
			w.line("  models:")
			begun = true
		}
		model := models[0]
		if slices.Contains(models, e.Info.Model) {
			model = e.Info.Model
		}
		for _, other := range models {
			if other != model {
				w.comment("    ", e.Engine+" serves as well: "+other)
			}
		}
		w.line("    %s: %s", quoted(e.Engine), quoted(model))
	}
}

// urls gives the addresses that hold without a tunnel.
func (w *writer) urls(doc record.Discovery) {
	begun := false
	for _, e := range doc.Engines {
		if e.URL == "" || e.Via == "port-forward" {
			continue
		}
		if !begun {
			w.line("\n  # The same by address, which asks no cluster, but finds nothing that moved:")
			w.line("  # manual_urls:")
			begun = true
		}
		w.comment("  ", "  "+e.Engine+": "+quoted(e.URL))
	}
}

func (w *writer) scenarios() {
	w.line(`test_scenarios:
  ttft:
    # The most that the first token of 19 of 20 requests may take.
    target_ms: 100
  load_tests:
    - name: "chat"
      concurrent_users: 10
      duration_seconds: 120
      warmup_seconds: 10
      rounds: 2
      # target_p95_ms: 500
`)
}

// generation keeps to what every engine's context holds.
func (w *writer) generation(doc record.Discovery) {
	shortest := 0
	for _, e := range doc.Engines {
		if n := e.Info.ContextLength; n > 0 && (shortest == 0 || n < shortest) {
			shortest = n
		}
	}
	w.line("generation:\n  max_tokens: 256")
	if shortest == 0 {
		return
	}
	w.line("  # The shortest context of all these engines has %d tokens; Ollama cuts a longer prompt", shortest)
	w.line("  # without saying so.")
	w.line("  context_length: %d", min(shortest, builtinContext))
}
