package simulate

import (
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseFault(t *testing.T) {
	tests := []struct{ text, want, wrong string }{
		{text: "reset", want: "reset:after=0"},
		{text: "stall:after=3,for=5s", want: "stall:after=3,for=5s"},
		{text: "truncate:after=3,share=0.1", want: "truncate:after=3,share=0.1"},
		{text: "status:code=429,retry-after=2,share=0.5,first=4", want: "status:code=429,retry-after=2,share=0.5,first=4"},
		{text: "status", want: "status:code=503"},
		{text: "endless-line:bytes=1000", want: "endless-line:after=0,bytes=1000"},
		{text: "empty", want: "empty"},
		{text: "", wrong: `unknown fault "": want one of slow-head, status,`},
		{text: "explode", wrong: `unknown fault "explode"`},
		{text: "empty:", wrong: `"" is not key=value`},
		{text: "empty:after=3", wrong: `fault empty has no key "after": want one of share, first`},
		{text: "reset:after=-1", wrong: "after=-1: want a whole number from 0"},
		{text: "reset:after=x", wrong: "after=x: want a whole number"},
		{text: "reset:share=0", wrong: "share=0: want a share above 0"},
		{text: "reset:share=NaN", wrong: "share=NaN: want a share above 0"},
		{text: "reset:share=1.1", wrong: "want a share"},
		{text: "stall:for=5", wrong: "for=5: "},
		{text: "stall:for=-5s", wrong: "want a positive duration"},
		{text: "status:code=99", wrong: "code=99: want a whole number from 200 to 599"},
	}
	for _, test := range tests {
		got, err := ParseFault(test.text)
		switch {
		case test.wrong != "":
			if err == nil || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("ParseFault(%q): error %v, want one with %q", test.text, err, test.wrong)
			}
		case err != nil:
			t.Errorf("ParseFault(%q): %v", test.text, err)
		case got.String() != test.want:
			t.Errorf("ParseFault(%q) is %q, want %q", test.text, got, test.want)
		}
	}
}

func FuzzParseFault(f *testing.F) {
	for _, k := range faultKinds {
		f.Add(k.example())
	}
	f.Add("reset:share=0.000001,first=3,after=7")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := ParseFault(text)
		if err != nil {
			return
		}
		again, err := ParseFault(first.String())
		if err != nil || again != first {
			t.Errorf("%q reads back from %q as %+v (%v), want %+v", text, first, again, err, first)
		}
	})
}

func TestHelpShowsFaultsThatParse(t *testing.T) {
	for i, line := range Faults()[:len(faultKinds)] {
		text, _, _ := strings.Cut(line, " ")
		f, err := ParseFault(text)
		if err != nil || f.kind != faultKinds[i].name {
			t.Errorf("help line %q: %v, %v", line, f, err)
		}
	}
}

func TestDrawHasItsShare(t *testing.T) {
	faults := mustFault(t, "reset:share=0.25", "empty:first=3")
	var resets, empties int
	for i := range uint64(8000) {
		s := draw(faults, 5, i)
		if diff := cmp.Diff(s.faults, draw(faults, 5, i).faults, cmp.AllowUnexported(Fault{})); diff != "" {
			t.Fatalf("request %d is drawn differently a second time:\n%s", i, diff)
		}
		if _, ok := s.take("reset"); ok {
			resets++
		}
		if _, ok := s.take("empty"); ok {
			empties++
		}
	}
	if resets < 1850 || resets > 2150 || empties != 3 {
		t.Errorf("%d resets and %d empties of 8000, want about 2000 and 3", resets, empties)
	}
}

// native is each engine's own streaming request of five tokens, and what shows
// a token and a finish in its stream.
var native = map[string]struct {
	ask           request
	token, finish string
}{
	"vllm": {
		request{path: "/v1/chat/completions", body: `{"stream":true,"max_tokens":5,"ignore_eos":true,` + helloMessages + `}`},
		`"token_ids":null}]`, `"finish_reason":"length"`,
	},
	"tgi": {
		request{path: "/generate_stream", body: `{"inputs":"Hello","parameters":{"max_new_tokens":5}}`},
		`"token":{`, `"generated_text":"`,
	},
	"ollama": {
		request{path: "/api/chat", body: `{"model":"simulated/tiny-7b","options":{"num_predict":5},` + helloMessages + `}`},
		`"done":false`, `"done":true`,
	},
}

func TestFaultsOnTheWire(t *testing.T) {
	type outcome struct {
		Status, Tokens  int
		Finished, Ended bool
	}
	tests := []struct {
		fault string
		want  outcome
		check func(t *testing.T, engine string, r response)
	}{
		{"truncate:after=3", outcome{200, 3, false, true}, nil},
		{"truncate:after=0", outcome{200, 0, false, true}, nil},
		{"truncate:after=9", outcome{200, 5, true, true}, nil},
		{"error:after=3", outcome{200, 3, false, true}, func(t *testing.T, engine string, r response) {
			want := map[string]string{"vllm": `{"error": {"message"`, "tgi": `"error_type":"generation"`, "ollama": `{"error":"`}[engine]
			if !strings.Contains(r.body(), want) {
				t.Errorf("no %q in %q", want, r.body())
			}
		}},
		{"status:code=503,retry-after=2", outcome{503, 0, false, true}, func(t *testing.T, _ string, r response) {
			if got := r.header.Get("Retry-After"); got != "2" {
				t.Errorf("Retry-After %q, want 2", got)
			}
		}},
		{"status:code=500", outcome{500, 0, false, true}, func(t *testing.T, _ string, r response) {
			if _, ok := r.header["Retry-After"]; ok {
				t.Error("Retry-After where none was asked for")
			}
		}},
		{"html", outcome{200, 0, false, true}, func(t *testing.T, _ string, r response) {
			if got := r.header.Get("Content-Type"); got != "text/html" || !strings.HasPrefix(r.body(), "<!DOCTYPE html>") {
				t.Errorf("content type %q, body %q", got, r.body())
			}
		}},
		{"endless-line:after=2,bytes=100000", outcome{200, 2, false, true}, func(t *testing.T, _ string, r response) {
			if last := r.body()[strings.LastIndexByte(r.body(), '\n')+1:]; len(last) < 100_000 {
				t.Errorf("the last line has %d bytes, want at least 100000", len(last))
			}
		}},
		{"buffer", outcome{200, 5, true, true}, func(t *testing.T, _ string, r response) {
			if len(r.pieces) != 1 {
				t.Errorf("the body came in %d pieces, want 1", len(r.pieces))
			}
		}},
		{"split:bytes=7", outcome{200, 5, true, true}, func(t *testing.T, _ string, r response) {
			for _, p := range r.pieces {
				if len(p) > 7 {
					t.Fatalf("a piece of %d bytes: %q", len(p), p)
				}
			}
		}},
		{"stall:after=2,for=1ms", outcome{200, 5, true, true}, nil},
		{"slow-head:for=1ms", outcome{200, 5, true, true}, nil},
	}
	for _, test := range tests {
		for engine, n := range native {
			t.Run(engine+" "+test.fault, func(t *testing.T) {
				truth := &safeBuffer{}
				faults := mustFault(t, test.fault)
				if engine == "vllm" { // which merges tokens when this machine is slow
					faults = append(faults, mustFault(t, "merge:tokens=1")...)
				}
				addr, _ := start(t, Options{Engine: engine, Truth: truth, Faults: faults})
				r := get(t, addr, n.ask)
				body := r.body()
				got := outcome{r.status, strings.Count(body, n.token), strings.Contains(body, n.finish), r.ended}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s%q", diff, body)
				}
				if test.check != nil {
					test.check(t, engine, r)
				}
				line := truthLines(t, truth.Bytes())[0]
				if len(line.FramesNS) != got.Tokens || len(line.Tokens) != got.Tokens {
					t.Errorf("the truth log has %d frames, the client %d", len(line.FramesNS), got.Tokens)
				}
				kind, _, _ := strings.Cut(test.fault, ":")
				if test.fault == "truncate:after=9" {
					kind = outcomeComplete
				}
				if line.Outcome != kind {
					t.Errorf("outcome %q, want %q", line.Outcome, kind)
				}
			})
		}
	}
}

func TestReset(t *testing.T) {
	for engine, n := range native {
		t.Run(engine, func(t *testing.T) {
			addr, _ := start(t, Options{Engine: engine, Faults: mustFault(t, "reset:after=3")})
			raw, err := exchange(t, addr, n.ask)
			if !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("reading ended with %v after %q, want a reset", err, raw)
			}
		})
	}
}

func TestEmpty(t *testing.T) {
	for engine, want := range map[string]string{
		"vllm":   `"completion_tokens":0`,
		"tgi":    `"generated_text":""`,
		"ollama": `"done":true,"done_reason":"stop"`,
	} {
		t.Run(engine, func(t *testing.T) {
			addr, _ := start(t, Options{Engine: engine, Faults: mustFault(t, "empty")})
			ask := native[engine].ask
			ask.body = strings.Replace(ask.body, `"max_tokens":5`, `"max_tokens":5,"stream_options":{"include_usage":true}`, 1)
			r := get(t, addr, ask)
			if r.status != http.StatusOK || !r.ended || !strings.Contains(r.body(), want) {
				t.Errorf("no %s in %q", want, r.body())
			}
			if engine == "ollama" && strings.Contains(r.body(), `"done":false`) {
				t.Errorf("a token in %q", r.body())
			}
		})
	}
}

func TestMerge(t *testing.T) {
	truth := &safeBuffer{}
	addr, _ := start(t, Options{Engine: "vllm", Truth: truth, Faults: mustFault(t, "merge:tokens=3")})
	ask := native["vllm"].ask
	ask.body = strings.Replace(ask.body, `:5`, `:8`, 1)
	get(t, addr, ask)
	if diff := cmp.Diff([]int{3, 3, 2}, truthLines(t, truth.Bytes())[0].Tokens); diff != "" {
		t.Errorf("tokens a frame (-want +got):\n%s", diff)
	}
	if _, err := New(Options{Engine: "tgi", Faults: mustFault(t, "merge")}); err == nil {
		t.Error("TGI does not merge, but New took the fault")
	}
}
