package bench

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestLiveCountsAddUp(t *testing.T) {
	var l Live
	chat, other := l.row("vllm", "chat"), l.row("tgi", "chat")
	var a, b, c, nobody liveCounter
	a.begin(chat)
	b.begin(chat)
	c.begin(other)
	nobody.begin((*Live)(nil).row("vllm", "chat"))
	for range 5 {
		a.frame(1)
		b.frame(0) // it does not say
		nobody.frame(1)
	}
	a.frame(3)
	want := []LiveCount{{Engine: "tgi", Scenario: "chat", InFlight: 1}, {Engine: "vllm", Scenario: "chat", InFlight: 2, Tokens: 13}}
	if diff := cmp.Diff(want, l.Read()); diff != "" {
		t.Errorf("under way (-want +got):\n%s", diff)
	}
	nobody.end(record.StatusOK)
	a.end(record.StatusOK)
	b.end(record.StatusTruncated)
	c.end(record.StatusCancelled)
	a.begin(chat) // in a place that was used before
	a.frame(1)
	want = []LiveCount{{Engine: "tgi", Scenario: "chat", Done: 1}, {Engine: "vllm", Scenario: "chat", InFlight: 1, Tokens: 14, Done: 2, Failed: 1}}
	if diff := cmp.Diff(want, l.Read()); diff != "" {
		t.Errorf("ended (-want +got):\n%s", diff)
	}
}

// While a run goes on its counters only rise, and in the end they are what its
// samples say.
func TestLiveCountsOfARun(t *testing.T) {
	o, sink := options(t, "test_scenarios: {ttft: {enabled: false}, load_tests: [{name: l, concurrent_users: 4, duration_seconds: 0.3, max_tokens: 20}]}")
	addSimulated(t, &o, engine.VLLM, nothing)
	o.Live = &Live{}
	quit := make(chan struct{})
	var reader sync.WaitGroup
	var most LiveCount
	reader.Go(func() {
		for {
			select {
			case <-quit:
				return
			case <-time.After(time.Millisecond):
			}
			for _, c := range o.Live.Read() {
				if c.Tokens < most.Tokens || c.Done < most.Done || c.Failed < most.Failed || c.InFlight > 4 {
					t.Errorf("%+v after %+v", c, most)
				}
				most = c
			}
		}
	})
	err := Run(t.Context(), o)
	close(quit)
	reader.Wait()
	if err != nil {
		t.Fatal(err)
	}
	want := LiveCount{Engine: "vllm", Scenario: "l"}
	for _, s := range sink.samples {
		want.Done++
		want.Tokens += s.OutputTokens.Or(0)
	}
	if diff := cmp.Diff([]LiveCount{want}, o.Live.Read()); diff != "" {
		t.Errorf("(-samples +live):\n%s", diff)
	}
	if want.Done == 0 || most.Tokens == 0 {
		t.Errorf("nothing was seen: %+v, last %+v", want, most)
	}
}

func TestPreflightIsNoPartOfLiveCounts(t *testing.T) {
	o, _ := options(t, five, openAIServer(t, http.HandlerFunc(good)))
	o.Live = &Live{}
	Preflight(t.Context(), o)
	if counts := o.Live.Read(); len(counts) != 0 {
		t.Errorf("counted %+v", counts)
	}
}

func TestAFrameIsCountedWithoutAllocation(t *testing.T) {
	var l Live
	var c liveCounter
	c.begin(l.row("vllm", "chat"))
	if n := testing.AllocsPerRun(1000, func() { c.frame(1) }); n != 0 {
		t.Errorf("a frame costs %g allocations", n)
	}
}

func BenchmarkLiveFrame(b *testing.B) {
	var l Live
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		var c liveCounter
		c.begin(l.row("vllm", "chat"))
		for pb.Next() {
			c.frame(1)
		}
	})
}
