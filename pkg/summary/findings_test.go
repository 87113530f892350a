package summary

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func repeat(n int, s record.Sample) []record.Sample {
	var all []record.Sample
	for range n {
		all = append(all, s)
	}
	return all
}

func TestFindings(t *testing.T) {
	stream := request(0, 100, 1000, 20)
	change := func(s record.Sample, f func(*record.Sample)) []record.Sample { return []record.Sample{with(s, f)} }
	linux := finishedRun()
	darwin := finishedRun()
	darwin.Tool.OS = "darwin"
	two := finishedRun()
	two.Environment.Engines = []record.EngineInfo{{Engine: "vllm", Model: "a"}, {Engine: "tgi", Model: "b"}, {Engine: "ollama"}}
	tunnelled := func(carried record.Float) record.Run {
		r := finishedRun()
		r.Environment.Engines = []record.EngineInfo{{Engine: "vllm", Via: "port-forward", Tunnel: &record.Tunnel{RoundTripsPerS: carried}}}
		return r
	}
	noted := finishedRun()
	noted.Findings = []record.Finding{{ID: "engine-kind"}}
	in := withBlock(window("b", 0, 1000), func(b *record.Block) {
		b.Client = &record.ClientUsage{CPUSeconds: 0.1, WallSeconds: 1, Cores: 1}
	})

	for _, c := range []struct {
		name    string
		run     record.Run
		samples []record.Sample
		block   record.Block
		want    []string
	}{
		{"nothing to say", linux, []record.Sample{stream}, in, nil},
		{"nothing measured", linux, nil, in, nil},
		{"the run's own come first", noted, change(stream, func(s *record.Sample) { s.TokenSource = record.TokensEstimated }), in, []string{"engine-kind", "estimated-tokens"}},
		{"all frames in one read", linux, change(stream, func(s *record.Sample) { s.Coalesced = 19 }), in, []string{"buffered-stream"}},
		{"all but two frames in one read", linux, change(stream, func(s *record.Sample) { s.Coalesced = 17 }), in, []string{"grouped-frames"}},
		{"frames in pairs", linux, change(stream, func(s *record.Sample) { s.Coalesced = 10 }), in, []string{"grouped-frames"}},
		{"some frames in pairs", linux, change(stream, func(s *record.Sample) { s.Coalesced = 9 }), in, nil},
		{"all frames within a moment", linux, []record.Sample{request(0, 1000, 1001, 20)}, in, []string{"buffered-stream"}},
		{"the whole answer in a frame", linux, change(stream, func(s *record.Sample) { s.Frames = 1 }), in, []string{"buffered-stream"}},
		{"a short answer in a frame", linux, []record.Sample{request(0, 100, 100, 1)}, in, nil},
		{"a short burst", linux, change(request(0, 100, 100, 7), func(s *record.Sample) { s.Coalesced = 6 }), in, nil},
		{"a few bursts", linux, append(repeat(3, stream), request(0, 1000, 1000, 20)), in, nil},
		{"a failed burst", linux, append(change(stream, func(s *record.Sample) { s.Status, s.Coalesced = record.StatusTruncated, 19 }), stream), in, nil},
		{"no success", linux, []record.Sample{failure(1, record.StatusRefused)}, in, []string{"no-success"}},
		{"all cut off", linux, []record.Sample{failure(1, record.StatusCancelled)}, in, []string{"cancelled-requests"}},
		{"few cut off", linux, append(repeat(19, stream), failure(1, record.StatusCancelled)), in, nil},
		{"too many cut off", linux, append(repeat(18, stream), failure(1, record.StatusCancelled)), in, []string{"cancelled-requests"}},
		{"user clock", linux, change(stream, func(s *record.Sample) { s.Clock = record.ClockUser }), in, []string{"user-clock"}},
		{"user clock through a tunnel", tunnelled(record.Some(1e6)), change(stream, func(s *record.Sample) { s.Clock = record.ClockUser }), in, nil},
		{"user clock where there is no other", darwin, change(stream, func(s *record.Sample) { s.Clock = record.ClockUser }), in, nil},
		{"more frames than the tunnel carried", tunnelled(record.Some(19.0)), []record.Sample{stream}, in, []string{"tunnel-capacity"}},
		{"as many frames as the tunnel carried", tunnelled(record.Some(20.0)), []record.Sample{stream}, in, nil},
		{"a tunnel that nobody calibrated", tunnelled(record.Float{}), []record.Sample{stream}, in, nil},
		{"warm-up says nothing", linux, change(failure(1, record.StatusRefused), func(s *record.Sample) { s.Phase = record.PhaseWarmup }), in, nil},
		{"different models", two, nil, in, []string{"different-models"}},
		{"another scenario", linux, change(stream, func(s *record.Sample) { s.Scenario = "x" }), in, []string{"unplanned-samples"}},
		{"damaged gaps", linux, []record.Sample{stream}, withBlock(in, func(b *record.Block) { b.GapHistogram = "x" }), []string{"gap-histogram"}},
		{"damaged token gaps", linux, []record.Sample{stream}, withBlock(in, func(b *record.Block) { b.ITLHistogram = "x" }), []string{"gap-histogram"}},
		{"long gap", linux, []record.Sample{stream}, withBlock(in, func(b *record.Block) { b.GapHistogram = gapsOf(4e6).Encode() }), []string{"gap-over-an-hour"}},
		{"busy client", linux, []record.Sample{stream}, withBlock(in, func(b *record.Block) {
			b.Client = &record.ClientUsage{CPUSeconds: 9, WallSeconds: 10, Cores: 1}
		}), []string{"client-bound"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sumUp(c.run, c.samples, c.block)
			if diff := cmp.Diff(append([]string{}, c.want...), findingIDs(s)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			for _, f := range s.Findings {
				if f.ID != "engine-kind" && (f.Subject == "" || f.Message == "" || f.Remedy == "" || strings.Contains(f.Message, "%!")) {
					t.Errorf("finding %+v is not whole", f)
				}
			}
		})
	}
}

func TestFindingsSayWhereAndHowMany(t *testing.T) {
	s := sumUp(finishedRun(), []record.Sample{
		failure(1, record.StatusTimeoutStall), failure(2, record.StatusTimeoutStall), failure(3, record.StatusRefused),
		failure(4, record.StatusCancelled), failure(4, record.StatusCancelled), failure(4, record.StatusCancelled),
	})
	want := record.Finding{
		ID: "no-success", Severity: record.SeverityError, Subject: "vllm",
		Message: "in chat: none of 6 requests succeeded; 2 ended in timeout_stall",
		Remedy:  "read the error messages in raw/samples.jsonl, mend the engine or its endpoint, and measure again",
	}
	if diff := cmp.Diff(want, s.Findings[0]); diff != "" {
		t.Errorf("finding (-want +got):\n%s", diff)
	}
}

func TestClientHealth(t *testing.T) {
	usage := func(cpu, gc float64) *record.ClientUsage {
		return &record.ClientUsage{CPUSeconds: cpu, WallSeconds: 10, Cores: 2, GCMS: gc}
	}
	late := func(queue, connect float64) record.Sample {
		return with(request(0, 100, 1000, 20), func(s *record.Sample) {
			s.QueueMS, s.ConnectMS = record.Some(queue), record.Some(connect)
		})
	}
	slow := func(queue float64) record.Sample {
		return with(late(queue, 0), func(s *record.Sample) { s.TTFTMS = record.Some(500.0) })
	}
	coalesced := with(request(0, 100, 1000, 20), func(s *record.Sample) { s.Coalesced = 5 })
	for _, c := range []struct {
		name    string
		samples []record.Sample
		client  *record.ClientUsage
		reason  string
	}{
		{"idle", repeat(10, late(1, 0)), usage(1, 10), ""},
		{"nobody knows", repeat(10, late(1, 0)), nil, ""},
		{"busy to the limit", nil, usage(16, 0), ""},
		{"too busy", nil, usage(16.2, 0), "81 % of its processors"},
		{"late at the median", repeat(10, late(11, 0)), usage(1, 0), "p50 11.0 ms (limit 10.0 ms)"},
		{"late by its connections", repeat(10, late(40, 35)), usage(1, 0), ""},
		{"late but TTFT is long", repeat(10, slow(49)), usage(1, 0), ""},
		{"late though TTFT is long", repeat(10, slow(51)), usage(1, 0), "p50 51.0 ms (limit 50.0 ms)"},
		{"one late request of many", append(repeat(399, late(1, 0)), late(900, 0)), usage(1, 0), ""},
		{"a hundredth late", append(repeat(390, late(1, 0)), repeat(10, late(900, 0))...), usage(1, 0), "p99 900.0 ms"},
		{"late by a failed request", repeat(10, with(failure(1, record.StatusReset), func(s *record.Sample) { s.QueueMS = record.Some(6.0) })), nil, "p50 6.0 ms (limit 5.0 ms)"},
		{"collecting garbage", nil, usage(1, 501), "5.0 % of the time"},
		{"coalesced and busy", []record.Sample{coalesced}, usage(9, 0), "25 % of frames"},
		{"coalesced but idle", []record.Sample{coalesced}, usage(1, 0), ""},
		{"coalesced, nobody knows", []record.Sample{coalesced}, nil, "25 % of frames"},
		{"buffered, nobody knows", []record.Sample{with(coalesced, func(s *record.Sample) { s.Coalesced = 19 })}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			block := withBlock(window("b", 0, 10_000), func(b *record.Block) { b.Client = c.client })
			h := chat(t, sumUp(finishedRun(), c.samples, block)).Client
			got := strings.Join(h.Reasons, "; ")
			if (h.Verdict == record.ClientBound) != (c.reason != "") || !strings.Contains(got, c.reason) || (c.reason == "" && got != "") {
				t.Errorf("%s: %q, want %q", h.Verdict, got, c.reason)
			}
		})
	}
}

func TestClientHealthAddsBlocksUp(t *testing.T) {
	block := func(id string, u record.ClientUsage) record.Block {
		return withBlock(window(id, 0, 10_000), func(b *record.Block) { b.Client = &u })
	}
	h := chat(t, sumUp(finishedRun(), nil,
		block("a", record.ClientUsage{CPUSeconds: 2, WallSeconds: 10, Cores: 2, GCMS: 3}),
		block("b", record.ClientUsage{CPUSeconds: 4, WallSeconds: 20, Cores: 2, GCMS: 4}),
		block("damaged", record.ClientUsage{CPUSeconds: 4}), window("unknown", 0, 10_000))).Client
	near(t, "CPU share", h.CPUShare, 0.1)
	near(t, "GC", h.GCMS, 7)
	absent(t, "slip of nothing", h.SlipMS.P50)
	absent(t, "coalesced share of nothing", h.CoalescedShare)
	if h := chat(t, sumUp(finishedRun(), nil)).Client; h != nil {
		t.Errorf("the health of nothing is %+v", h)
	}
}
