package simulate

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// These tests run on a bubble's clock (testing/synctest), on which every time
// of the model is exact.

// bench is an engine without a socket and the lines of its truth log.
type bench struct {
	*Server
	truth bytes.Buffer
}

func newBench(t *testing.T, o Options) *bench {
	t.Helper()
	b := &bench{}
	o.Truth = &b.truth
	if o.Profile == (Profile{}) {
		o.Profile = plain(nil)
	}
	var err error
	if b.Server, err = New(o); err != nil {
		t.Fatal(err)
	}
	return b
}

// send asks in the calling goroutine and returns the body.
func (b *bench) send(path, body string) string {
	w := httptest.NewRecorder()
	b.post(w, path, body)
	return w.Body.String()
}

func (b *bench) post(w http.ResponseWriter, path, body string) {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	b.Handler().ServeHTTP(w, r)
}

// lines returns the truth log's lines, in the order in which requests ended.
func (b *bench) lines(t *testing.T) []truthLine {
	t.Helper()
	return truthLines(t, b.truth.Bytes())
}

func truthLines(t testing.TB, log []byte) (lines []truthLine) {
	t.Helper()
	for text := range bytes.Lines(log) {
		var line truthLine
		if err := json.Unmarshal(text, &line); err != nil {
			t.Fatalf("bad truth line %q: %v", text, err)
		}
		lines = append(lines, line)
	}
	return lines
}

// sinceRead gives each frame's time in milliseconds after the request was read.
func (l truthLine) sinceRead() []int64 {
	var ms []int64
	for _, at := range l.FramesNS {
		ms = append(ms, (at-l.ReadNS)/int64(time.Millisecond))
	}
	return ms
}

func checkTimes(t *testing.T, what string, got []int64, want ...int64) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: frames in ms after the request (-want +got):\n%s", what, diff)
	}
}

// fortyBytes makes a completion's prompt of ten tokens.
const fortyBytes = "forty bytes are ten tokens in this book."

const completion = `{"stream":true,"ignore_eos":true,"max_tokens":4,"prompt":"` + fortyBytes + `"}`

func TestAloneTimesAreTheProfile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Options{Engine: "vllm"})
		b.send("/v1/completions", completion)
		// 20 ms of overhead, 10 tokens at 1 ms; then a step a token.
		checkTimes(t, "alone", b.lines(t)[0].sinceRead(), 30, 40, 50, 60)
	})
}

func TestTwoShareTheEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Options{Engine: "vllm"})
		var both sync.WaitGroup
		both.Go(func() { b.send("/v1/completions", completion) })
		time.Sleep(35 * time.Millisecond)
		both.Go(func() { b.send("/v1/completions", strings.Replace(completion, "forty", "Forty", 1)) })
		both.Wait()
		lines := b.lines(t)
		// The second comes in the middle of a step, waits for its end at 40 ms,
		// and its prefill (20+10 ms) shares a step with the first's third token.
		checkTimes(t, "first", lines[0].sinceRead(), 30, 40, 80, 91)
		checkTimes(t, "second", lines[1].sinceRead(), 80-35, 91-35, 101-35, 111-35)
	})
}

func TestSlotsQueueInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Options{Engine: "ollama", Profile: plain(func(p *Profile) { p.Slots = 1 })})
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				b.send("/api/generate", `{"model":"simulated/tiny-7b","raw":true,"options":{"num_predict":3,"num_ctx":64},"prompt":"`+fortyBytes+`"}`)
			})
			time.Sleep(time.Millisecond)
		}
		both.Wait()
		checkTimes(t, "first", b.lines(t)[0].sinceRead(), 30, 40, 50)
		checkTimes(t, "second", b.lines(t)[1].sinceRead(), 50+30-1, 90-1, 100-1)
	})
}

func TestStallIsSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Options{Engine: "vllm", Faults: mustFault(t, "stall:after=2,for=5s")})
		body := b.send("/v1/completions", completion)
		line := b.lines(t)[0]
		// The silence begins where the third token was due; it and the fourth
		// then leave in one frame.
		checkTimes(t, "stalled", line.sinceRead(), 30, 40, 5050)
		if line.Outcome != "stall" || line.OutputTokens != 4 || !strings.HasSuffix(body, sseDone) {
			t.Errorf("outcome %q with %d tokens, ends in %q", line.Outcome, line.OutputTokens, body[max(len(body)-20, 0):])
		}
	})
}

func TestSlowHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Options{Engine: "tgi", Faults: mustFault(t, "slow-head:for=3s")})
		b.send("/generate_stream", `{"inputs":"`+fortyBytes+`","parameters":{"max_new_tokens":2}}`)
		checkTimes(t, "slow head", b.lines(t)[0].sinceRead(), 3030, 3040)
	})
}

// lazy is a client that takes its time over every write.
type lazy struct {
	*httptest.ResponseRecorder
	takes time.Duration
}

func (l lazy) Flush() { time.Sleep(l.takes) }

func TestSlowReaders(t *testing.T) {
	tests := []struct {
		engine, path, body string
		tokens             []int
	}{
		// vLLM merges what a slow reader has not taken; TGI never does.
		{"vllm", "/v1/completions", strings.Replace(completion, `:4`, `:8`, 1), []int{1, 1, 3, 3}},
		{"tgi", "/generate_stream", `{"inputs":"` + fortyBytes + `","parameters":{"max_new_tokens":8}}`, []int{1, 1, 1, 1, 1, 1, 1, 1}},
	}
	for _, test := range tests {
		t.Run(test.engine, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, Options{Engine: test.engine, Seed: 3})
				var both sync.WaitGroup
				both.Go(func() { b.post(lazy{httptest.NewRecorder(), 37 * time.Millisecond}, test.path, test.body) })
				synctest.Wait()
				both.Go(func() { b.send(test.path, strings.Replace(test.body, "forty", "Forty", 1)) })
				both.Wait()
				lines := b.lines(t)
				if diff := cmp.Diff(test.tokens, lines[1].Tokens); diff != "" {
					t.Errorf("tokens a frame to the slow reader (-want +got):\n%s", diff)
				}
				// The other stream is not held up: it came into the step after the
				// first one's prefill, and has a token each step since then.
				checkTimes(t, "quick reader", lines[0].sinceRead(), 70, 81, 92, 103, 114, 125, 136, 146)
			})
		})
	}
}

func TestTGIKeepsAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Options{Engine: "tgi", Profile: plain(func(p *Profile) { p.FirstTokenOverhead = 40 * time.Second })})
		body := b.send("/generate_stream", `{"inputs":"Sail","parameters":{"max_new_tokens":1,"details":true}}`)
		got := pieceShape(t, body, nil)
		want := ":⏎⏎:⏎⏎data: {index:N token:{id:N text:TEXT logprob:N special:false} generated_text:TEXT details:{finish_reason:TEXT generated_tokens:N seed:null input_length:N}}⏎⏎"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("40 s of silence (-want +got):\n%s", diff)
		}
		checkTimes(t, "a comment is no token", b.lines(t)[0].sinceRead(), 40_001)
	})
}

func TestOllamaLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Options{Engine: "ollama", Profile: plain(func(p *Profile) { p.LoadTime = 2 * time.Second })})
		load := func(more string) time.Duration {
			t.Helper()
			body := b.send("/api/generate", `{"model":"simulated/tiny-7b:latest","stream":false,"prompt":"hi"`+more+`}`)
			var last struct {
				LoadDuration, TotalDuration time.Duration
			}
			if err := json.Unmarshal([]byte(strings.NewReplacer("load_duration", "LoadDuration", "total_duration", "TotalDuration").Replace(body)), &last); err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			if last.TotalDuration <= last.LoadDuration {
				t.Errorf("total_duration %s does not cover load_duration %s", last.TotalDuration, last.LoadDuration)
			}
			return last.LoadDuration
		}
		check := func(what string, got, want time.Duration) {
			t.Helper()
			if got != want {
				t.Errorf("%s: load_duration %s, want %s", what, got, want)
			}
		}
		check("first request", load(""), 2*time.Second)
		check("second request", load(""), 0)
		time.Sleep(4 * time.Minute)
		check("within keep_alive", load(""), 0)
		time.Sleep(6 * time.Minute)
		check("after keep_alive", load(`,"keep_alive":"20m"`), 2*time.Second)
		time.Sleep(10 * time.Minute)
		check("within a longer keep_alive", load(`,"keep_alive":-1`), 0)
		time.Sleep(1000 * time.Hour)
		check("kept for ever", load(""), 0)
		check("another context", load(`,"options":{"num_ctx":128}`), 2*time.Second)
		check("the same context", load(`,"options":{"num_ctx":128},"keep_alive":0`), 0)
		check("after keep_alive 0", load(`,"options":{"num_ctx":128}`), 2*time.Second)
		var all sync.WaitGroup
		time.Sleep(time.Hour)
		for range 3 {
			all.Go(func() { load(`,"options":{"num_ctx":128,"num_predict":1}`) })
		}
		began := time.Now()
		all.Wait()
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("three requests at once took %s: they did not wait for one load together", took)
		}
	})
}
