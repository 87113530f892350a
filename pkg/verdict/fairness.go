package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// field is the engines of a run as questions of fairness look at them.
type field struct {
	summary record.Summary
	engines []record.EngineInfo
}

// answer is what a question came to.
type answer struct {
	status         record.CheckStatus
	detail, remedy string
}

func pass(format string, args ...any) answer {
	return answer{status: record.CheckPass, detail: fmt.Sprintf(format, args...)}
}

func skip(format string, args ...any) answer {
	return answer{status: record.CheckSkip, detail: fmt.Sprintf(format, args...)}
}

// questions are what fairness asks, in the order of its answers. Those that fail
// also take an engine out of the verdict (ground.go). What is not known is
// skipped and never passes.
var questions = []struct {
	check string
	// alone says that it can be asked of a single engine.
	alone bool
	ask   func(field) answer
}{
	{"same-model", false, sameModel},
	{"same-quantisation", false, sameQuantisation},
	{"same-gpu", false, sameGPU},
	{"not-on-one-node", false, notOnOneNode},
	{"same-replicas", false, sameReplicas},
	{"same-way", false, sameWay},
	{"tls-equal", false, equalTLS},
	{"tunnel", true, noTunnel},
	{"same-context-length", false, sameContextLength},
	{"same-output-lengths", false, sameOutputLengths},
	{"prefix-cache", true, prefixCache},
	{"foreign-traffic", true, foreignTraffic},
}

// FairnessChecks lists the IDs of the questions of fairness.
func FairnessChecks() []string {
	var ids []string
	for _, q := range questions {
		ids = append(ids, q.check)
	}
	return ids
}

// fairness asks whether the engines of a run stood on even ground.
func fairness(s record.Summary) []record.FairnessCheck {
	f := field{summary: s, engines: s.Environment.Engines}
	var checks []record.FairnessCheck
	for _, q := range questions {
		a := skip("there is only one engine")
		if q.alone || len(f.engines) > 1 {
			a = q.ask(f)
		}
		checks = append(checks, record.FairnessCheck{Check: q.check, Status: string(a.status), Detail: a.detail, Remedy: a.remedy})
	}
	return checks
}

// fact is something known of an engine, "" where it is not known.
type fact struct{ engine, value string }

func (f field) facts(of func(record.EngineInfo) string) []fact {
	var all []fact
	for _, e := range f.engines {
		all = append(all, fact{e.Engine, of(e)})
	}
	return all
}

// alike answers a question whose facts must all be equal: skipped where one is
// not known, bad where two differ.
func alike(facts []fact, what string, bad record.CheckStatus, remedy string) answer {
	var unknown, told []string
	equal := true
	first := ""
	for _, f := range facts {
		if f.value == "" {
			unknown = append(unknown, f.engine)
			continue
		}
		told = append(told, f.engine+" "+f.value)
		if first == "" {
			first = f.value
		}
		equal = equal && f.value == first
	}
	switch {
	case !equal:
		return answer{bad, fmt.Sprintf("%s differs: %s", what, strings.Join(told, ", ")), remedy}
	case len(unknown) > 0:
		return skip("%s is not known of %s", what, enumerate(unknown))
	}
	return pass("%s is %s for all", what, first)
}

func sameModel(f field) answer {
	told := f.facts(func(e record.EngineInfo) string { return e.Model })
	unsure := false
	for i, a := range told {
		for _, b := range told[i+1:] {
			switch compareModels(a.value, b.value) {
			case differ:
				return answer{record.CheckFail, fmt.Sprintf("%s serves %s and %s %s", a.engine, a.value, b.engine, b.value), "serve the same model with every engine, or choose it with --model"}
			case cannotTell:
				unsure = true
			}
		}
	}
	if slices.ContainsFunc(told, func(f fact) bool { return f.value == "" }) {
		return skip("not every engine names its model")
	}
	if unsure {
		var names []string
		for _, f := range told {
			names = append(names, f.engine+" "+f.value)
		}
		return answer{record.CheckWarn, "names do not tell whether this is one model: " + strings.Join(names, ", "), "make sure that they are one model, in one version and one quantisation"}
	}
	return pass("every engine serves %s", told[0].value)
}

func sameQuantisation(f field) answer {
	return alike(f.facts(func(e record.EngineInfo) string { return strings.ToLower(e.DtypeOrQuantisation) }), "the data type or quantisation",
		record.CheckWarn, "serve the same quantisation, or read the verdict as one on these deployments and not on the engines")
}

func sameGPU(f field) answer {
	return alike(f.facts(func(e record.EngineInfo) string {
		if e.GPU == nil {
			return ""
		}
		return gpuName(*e.GPU)
	}), "the GPU", record.CheckFail, "give every engine the same number of GPUs of one product")
}

func notOnOneNode(f field) answer {
	on := map[string][]string{}
	for _, e := range f.engines {
		if e.Node == "" {
			return skip("the node of %s is not known", e.Engine)
		}
		on[e.Node] = append(on[e.Node], e.Engine)
	}
	for _, e := range f.engines {
		if together := on[e.Node]; len(together) > 1 {
			return answer{record.CheckWarn, fmt.Sprintf("%s stand on node %s and share its processors, memory and network", enumerate(together), e.Node), "keep them apart with an anti-affinity rule; validate-infra prints one"}
		}
	}
	return pass("each engine has a node of its own")
}

func sameReplicas(f field) answer {
	return alike(f.facts(func(e record.EngineInfo) string {
		if e.Replicas == 0 {
			return ""
		}
		return fmt.Sprint(e.Replicas)
	}), "the number of replicas", record.CheckWarn, "scale every engine to the same number of replicas")
}

func sameContextLength(f field) answer {
	return alike(f.facts(func(e record.EngineInfo) string {
		if e.ContextLength == 0 {
			return ""
		}
		return fmt.Sprint(e.ContextLength)
	}), "the context length", record.CheckWarn, "start every engine with the same context length: a longer one takes memory from the batch")
}
