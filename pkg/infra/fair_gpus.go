package infra

import (
	"fmt"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// fairGPUs compares the GPUs of one replica, and those of each engine with
// what it splits its model over.
func fairGPUs(s *site) []record.Check {
	var known []*standing
	var about []string
	var found, told []record.Check
	equal := true
	for _, e := range s.engines {
		if len(e.pods) == 0 {
			told = append(told, withPods(nil)(s, e)...)
			continue
		}
		a := e.accelerator()
		if a.count == 0 {
			told = append(told, skip(e.name(), "it asks for no GPU by a resource")...)
			continue
		}
		known, about = append(known, e), append(about, fmt.Sprintf("%s %d", e.name(), a.count))
		equal = equal && a.count == known[0].accelerator().count
		found = append(found, e.idleGPUs(a)...)
	}
	switch {
	case len(known) >= 2 && equal:
		found = append(pass(names(known...), "%s for each replica", plural(known[0].accelerator().count, "GPU", "GPUs")), found...)
	case len(known) >= 2:
		first := known[0].accelerator()
		var commands []string
		for _, e := range known[1:] {
			if a := e.accelerator(); a.count != first.count {
				commands = append(commands, e.patchMain(fmt.Sprintf(`"resources":{"limits":{%q:"%d"}}`, a.resource, first.count)))
			}
		}
		found = append(fail(names(known...), strings.Join(commands, "\n"), "GPUs for each replica differ (%s): more of them read the weights faster and keep a larger KV cache", strings.Join(about, ", ")), found...)
	}
	return append(found, told...)
}

// idleGPUs warns of GPUs that an engine was given and does not split its model
// over. Without a word vLLM uses one, TGI all that it sees.
func (e *standing) idleGPUs(a asked) []record.Check {
	if e.kind() != "vllm" && e.kind() != "tgi" {
		return nil
	}
	uses := 1
	product := []setting{
		e.read([]string{"--tensor-parallel-size", "-tp", "--num-shard"}, []string{"NUM_SHARD"}, ""),
		e.read([]string{"--pipeline-parallel-size", "-pp"}, nil, ""),
		e.read([]string{"--data-parallel-size", "-dp"}, nil, ""),
	}
	said := false
	for _, v := range product {
		if n := atoi(v.value); n > 0 {
			uses *= n
			said = true
		}
	}
	if uses >= a.count || e.kind() == "tgi" && !said {
		return nil
	}
	remedy := e.setFlag("--tensor-parallel-size", fmt.Sprint(a.count))
	if e.kind() == "tgi" {
		remedy = e.setEnv("NUM_SHARD", fmt.Sprint(a.count))
	}
	return warn(e.name(), remedy, "it has %d GPUs and splits its model over %d: the rest idles", a.count, uses)
}
