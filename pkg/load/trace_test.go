package load

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	mooncakeLines = `{"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]}
{"timestamp": 30535, "input_length": 6472, "output_length": 26, "hash_ids": [46]}

{"timestamp": 28000, "input_length": 10, "output_length": 3}
`
	azureLines = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03.9799600,4808,10\r\n2023-11-16 18:17:04.0319600,3180,8\r\n"
	azure2024  = "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00.009930+00:00,2162,5\n2024-05-10 00:00:01.009930+00:00,2399,6\n"
	ownLines   = `{"at_s": 0.5, "prompt_tokens": 480, "output_tokens": 300}
{"at_s": 2}
`
)

func TestParseTrace(t *testing.T) {
	at := func(d time.Duration, prompt, output int) TracedRequest {
		return TracedRequest{At: d, Lengths: Lengths{prompt, output}}
	}
	for _, tt := range []struct {
		name, format, text string
		most               int
		want               []TracedRequest
	}{
		{"mooncake, out of order", "", mooncakeLines, 0, []TracedRequest{at(0, 6955, 52), at(518*time.Millisecond, 10, 3), at(3053*time.Millisecond, 6472, 26)}},
		{"mooncake, the first", TraceMooncake, mooncakeLines, 1, []TracedRequest{at(0, 6955, 52)}},
		{"azure of 2023", "", azureLines, 0, []TracedRequest{at(0, 4808, 10), at(52*time.Millisecond, 3180, 8)}},
		{"azure of 2024", TraceAzure, azure2024, 0, []TracedRequest{at(0, 2162, 5), at(time.Second, 2399, 6)}},
		{"own", "", ownLines, 0, []TracedRequest{at(0, 480, 300), at(1500*time.Millisecond, 0, 0)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseTrace(strings.NewReader(tt.text), tt.format, tt.most)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Requests); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseTraceNamesTheLine(t *testing.T) {
	for _, tt := range []struct{ format, text, want string }{
		{"", "", "no request"},
		{"", "a,b,c\n", "line 1: this is no known trace"},
		{"", "[1]\n", "line 1: this is no known trace"},
		{"nonsense", "{}\n", "unknown format"},
		{"", mooncakeLines + `{"timestamp": 1, "input_length": 2}`, "line 5: lacks"},
		{"", mooncakeLines + `{"timestamp": -1, "input_length": 2, "output_length": 3}`, "line 5: an instant"},
		{"", mooncakeLines + `{"timestamp": 1, "input_length": -2, "output_length": 3}`, "line 5: a prompt"},
		{"", mooncakeLines + `{"timestamp": 1e300, "input_length": 2, "output_length": 3}`, "line 5: an instant"},
		{"", mooncakeLines + "{", "line 5: not a request"},
		{"", azureLines + "2023-11-16,1,2\n", "line 4: TIMESTAMP"},
		{"", azureLines + "2023-11-16 18:17:03,1\n", "line 4: 2 fields"},
		{"", azureLines + "2023-11-16 18:17:03,x,1\n", "line 4: ContextTokens"},
		{"", azureLines + "0001-11-16 18:17:03,1,1\n", "line 4: an instant"},
		{"", ownLines + `{"at": 2}`, "line 3: lacks at_s"},
		{"", ownLines + strings.Repeat("x", maxTraceLine), "line 3: longer"},
	} {
		if _, err := ParseTrace(strings.NewReader(tt.text), tt.format, 0); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.40q: %v, want an error with %q", tt.text, err, tt.want)
		}
	}
}

func TestATraceIsReplayedAtItsSpeed(t *testing.T) {
	trace, err := ParseTrace(strings.NewReader(mooncakeLines), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	trace.Speed = 2
	got := slices.Collect(trace.Arrivals(7))
	if diff := cmp.Diff([]time.Duration{0, 259 * time.Millisecond, 1526500 * time.Microsecond}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := trace.Expected(259 * time.Millisecond); n != 1 {
		t.Errorf("%g due before the second", n)
	}
	if n := trace.Expected(trace.Span()); n != 3 {
		t.Errorf("%g due in the whole of it", n)
	}
	open := Open{Pacer: trace, Warmup: 100 * time.Millisecond, Duration: trace.Span(), MaxInFlight: 1}
	var arrivals []Arrival
	for a := range open.Due(time.Unix(0, 0)) {
		arrivals = append(arrivals, a)
	}
	if len(arrivals) != 3 || !arrivals[0].Warmup || arrivals[1].Warmup || arrivals[2].Lengths != (Lengths{6472, 26}) {
		t.Errorf("arrivals %+v", arrivals)
	}
	if (Trace{}).Validate() == nil || (Trace{Requests: trace.Requests, Speed: -1}).Validate() == nil {
		t.Error("a trace that cannot be replayed passes")
	}
	if l := trace.Lengths(3); l != (Lengths{}) {
		t.Errorf("lengths past the end: %+v", l)
	}
}

func FuzzParseTrace(f *testing.F) {
	for _, text := range []string{mooncakeLines, azureLines, azure2024, ownLines} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := ParseTrace(strings.NewReader(text), "", 100)
		if err != nil {
			return
		}
		if err := trace.Validate(); err != nil || len(trace.Requests) > 100 || trace.Requests[0].At != 0 {
			t.Fatalf("%v: %+v", err, trace)
		}
		if !slices.IsSorted(slices.Collect(trace.Arrivals(0))) {
			t.Errorf("%+v is out of order", trace)
		}
	})
}
