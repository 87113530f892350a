package verdict

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// The limits at which a row shows something to act on.
const (
	fullCache      = 0.9  // share of the KV cache
	manyFailures   = 0.01 // share of attempts
	routerCutMS    = 30_000
	routerSlack    = 1.05 // how far past it an answer may have ended
	coldLoadMS     = 500  // of load_duration in an ordinary answer
	queueLimit     = 0.5  // requests that wait, on average
	growthTTFT     = 2.0  // times the TTFT of single requests
	growthTPOT     = 1.25 // times their TPOT
	ollamaLoadName = "load_duration_ms"
)

func failedShare(e record.EngineResult, classes ...record.Status) (int64, float64) {
	n := int64(0)
	for _, c := range classes {
		n += e.Errors[c]
	}
	if e.Requests == 0 {
		return 0, 0
	}
	return n, float64(n) / float64(e.Requests)
}

// routeTimeout finds streams cut behind a router whose limit of 30 seconds,
// HAProxy's on OpenShift where a Route does not say otherwise, no answer passed.
func routeTimeout(r row) (message, metric string) {
	n, share := failedShare(r.e, record.StatusTruncated, record.StatusReset, record.StatusHTTP5xx)
	if r.info.Via != "route" || share < manyFailures {
		return "", ""
	}
	longest := r.e.E2E.Statistic("max").Or(0)
	if longest > routerCutMS*routerSlack {
		return "", ""
	}
	return fmt.Sprintf("Raise the Route's timeout of %s with the annotation haproxy.router.openshift.io/timeout: in %s %s cut or refused on the way, and no answer took longer than the router's default of 30 s",
		r.e.Engine, r.sc.Name, count(n, "request")+" "+were(n)), "errors"
}

func were(n int64) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// refusedLoad finds an engine that turns requests away.
func refusedLoad(r row) (message, metric string) {
	n, share := failedShare(r.e, record.StatusHTTP429, record.StatusOverloaded)
	if share < manyFailures {
		return "", ""
	}
	return fmt.Sprintf("Raise the limit of %s on requests at once, add a replica, or lower the load: in %s it turned away %s of %s", r.e.Engine, r.sc.Name, count(n, "request"), fmt.Sprint(r.e.Requests)), "errors"
}

// failures finds an engine that fails requests in any other way.
func failures(r row) (message, metric string) {
	if m, _ := refusedLoad(r); m != "" {
		return "", ""
	}
	if m, _ := routeTimeout(r); m != "" || r.e.Failed == 0 || r.e.Succeeded == 0 {
		return "", "" // of an engine without any success a finding tells
	}
	classes := slices.SortedFunc(maps.Keys(r.e.Errors), func(a, b record.Status) int {
		return cmp.Or(cmp.Compare(r.e.Errors[b], r.e.Errors[a]), cmp.Compare(a, b))
	})
	if _, share := failedShare(r.e, classes...); len(classes) == 0 || share < manyFailures {
		return "", ""
	}
	return fmt.Sprintf("Find out why %s fails before its speed is weighed: in %s %d of %d requests failed, most of them as %s (%s)",
		r.e.Engine, r.sc.Name, r.e.Failed, r.e.Requests, classes[0], classes[0].Help()), "errors"
}

// ollamaParallel finds an Ollama whose requests wait for a slot. Its /metrics
// does not exist, so without gauges nothing is said.
func ollamaParallel(r row) (message, metric string) {
	if r.info.Kind != "ollama" {
		return "", ""
	}
	growth, grows := ttftGrows(r)
	queued := r.e.Server != nil && r.e.Server.Queue != nil && r.e.Server.Queue.Mean > queueLimit
	if !grows && !queued {
		return "", ""
	}
	why := "requests wait for one of its slots"
	if grows {
		why = fmt.Sprintf("its first token takes %.1f times as long as alone while its pace per token stays, so requests wait for one of its slots", growth)
	}
	return fmt.Sprintf("Raise OLLAMA_NUM_PARALLEL of %s, as far as memory allows: in %s %s", r.e.Engine, r.sc.Name, why), "ttft_ms"
}

// cacheFull finds an engine that runs out of memory for what it generates.
func cacheFull(r row) (message, metric string) {
	v := r.e.Server
	if v == nil {
		return "", ""
	}
	preempted := v.Preemptions.Or(0)
	full := v.KVCache != nil && v.KVCache.Max > fullCache
	if !full && preempted == 0 {
		return "", ""
	}
	var signs []string
	if v.KVCache != nil {
		signs = append(signs, fmt.Sprintf("its KV cache was up to %.0f %% full", v.KVCache.Max*100))
	}
	if preempted > 0 {
		signs = append(signs, fmt.Sprintf("it took memory back from running requests %s", times(preempted)))
	}
	return fmt.Sprintf("Give %s more KV cache: a shorter context length, a quantised cache, more GPU memory or a replica. In %s %s", r.e.Engine, r.sc.Name, strings.Join(signs, " and ")), "kv_cache"
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// queueing finds an engine that says itself that requests wait.
func queueing(r row) (message, metric string) {
	if r.e.Server == nil || r.e.Server.Queue == nil || r.e.Server.Queue.Mean <= queueLimit || r.info.Kind == "ollama" {
		return "", ""
	}
	q := r.e.Server.Queue
	return fmt.Sprintf("Add a replica of %s or let it batch more at once: in %s %.1f requests waited on average, up to %.0f", r.e.Engine, r.sc.Name, q.Mean, q.Max), "queue"
}

// coldStart finds an Ollama that loads its model in answers that are measured.
func coldStart(r row) (message, metric string) {
	if r.e.Server == nil {
		return "", ""
	}
	ms := r.e.Server.Timings[ollamaLoadName]
	if ms < coldLoadMS {
		return "", ""
	}
	return fmt.Sprintf("Keep the model of %s loaded (OLLAMA_KEEP_ALIVE=-1) or warm it up for longer: in %s it spent %.0f ms of an answer loading it, on average", r.e.Engine, r.sc.Name, ms), "timings"
}

// onGrowth finds engines that tell no queue, but whose first token takes longer
// under load than alone while the pace per token stays: what grows is the wait
// to begin.
func onGrowth(s record.Summary) []record.Recommendation {
	return onRows(func(r row) (message, metric string) {
		if r.info.Kind == "ollama" || (r.e.Server != nil && r.e.Server.Queue != nil) {
			return "", ""
		}
		growth, grows := ttftGrows(r)
		if !grows {
			return "", ""
		}
		return fmt.Sprintf("Add a replica of %s or let it batch more at once: in %s its first token takes %.1f times as long as alone while its pace per token stays, so requests wait to begin", r.e.Engine, r.sc.Name, growth), "ttft_ms"
	})(s)
}

// ttftGrows says how many times as long the first token takes as in the
// scenario of single requests, and whether that is a wait: TPOT does not grow
// with it.
func ttftGrows(r row) (growth float64, grows bool) {
	i := slices.IndexFunc(r.s.Scenarios, func(sc record.ScenarioResult) bool { return sc.Kind == record.KindTTFT })
	if i < 0 || r.sc.Kind == record.KindTTFT {
		return 0, false
	}
	for _, alone := range r.s.Scenarios[i].Engines {
		if alone.Engine != r.e.Engine {
			continue
		}
		ttft, ok := ratio(r.e.TTFT, alone.TTFT)
		tpot, known := ratio(r.e.TPOT, alone.TPOT)
		return ttft, ok && known && ttft > growthTTFT && tpot < growthTPOT
	}
	return 0, false
}

func ratio(a, b *record.Distribution) (float64, bool) {
	x, knownX := a.Statistic("p50").Get()
	y, knownY := b.Statistic("p50").Get()
	return x / y, knownX && knownY && y > 0
}
