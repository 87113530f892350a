package simulate

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs the verb until stop is called, which returns its error.
func serve(t *testing.T, ctx context.Context, in io.Reader, args ...string) (url string, stderr *bytes.Buffer, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	out, w := io.Pipe()
	stderr = &bytes.Buffer{}
	c := NewCommand(cli.Streams{In: in, Out: w, Err: stderr})
	c.SetArgs(args)
	c.SilenceErrors, c.SilenceUsage = true, true
	done := make(chan error, 1)
	go func() {
		err := c.ExecuteContext(ctx)
		_ = w.CloseWithError(io.EOF)
		done <- err
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		cancel()
		t.Fatalf("no first line: %v, %v", err, <-done)
	}
	return strings.TrimSpace(line), stderr, func() error { cancel(); return <-done }
}

func post(t *testing.T, url, body string) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestServesAndLogsTheTruth(t *testing.T) {
	log := filepath.Join(t.TempDir(), "truth.jsonl")
	url, stderr, stop := serve(t, t.Context(), nil, "--engine", "tgi", "--listen", "127.0.0.1:0", "--served-model", "my/model",
		"--truth-log", log, "--step", "100us", "--overhead", "1ms", "--fault", "truncate:after=2,first=1")
	const body = `{"inputs":"Hello","parameters":{"max_new_tokens":4}}`
	if text := post(t, url+"/generate_stream", body); strings.Count(text, `"token"`) != 2 {
		t.Errorf("the fault did not strike after two tokens: %q", text)
	}
	if text := post(t, url+"/generate_stream", body); strings.Count(text, `"token"`) != 4 {
		t.Errorf("the second answer has not four tokens: %q", text)
	}
	if err := stop(); err != nil {
		t.Errorf("the verb ended with %v", err)
	}
	if !strings.HasPrefix(stderr.String(), "SIMULATED tgi at "+url) {
		t.Errorf("standard error: %q", stderr)
	}
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var outcomes []string
	for line := range bytes.Lines(data) {
		var doc struct{ Outcome string }
		if err := json.Unmarshal(line, &doc); err != nil {
			t.Fatal(err)
		}
		outcomes = append(outcomes, doc.Outcome)
	}
	if got := strings.Join(outcomes, " "); got != "truncate complete" {
		t.Errorf("outcomes in the truth log: %q", got)
	}
}

func TestEndsWithItsInput(t *testing.T) {
	in, w := io.Pipe()
	_, _, stop := serve(t, context.WithoutCancel(t.Context()), in, "--listen", "127.0.0.1:0", "--until-eof")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Errorf("the verb ended with %v", err)
	}
}

func TestNonsenseIsAUsageError(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"--engine", "sglang"}, `cannot simulate engine "sglang"`},
		{[]string{"--engine", "sglang", "--slots", "3"}, `cannot simulate engine "sglang"`},
		{[]string{"--fault", "explode"}, `--fault "explode": unknown fault`},
		{[]string{"--engine", "tgi", "--fault", "merge"}, "every token in a frame of its own"},
		{[]string{"--reasoning", "-1"}, "reasoning"},
		{[]string{"--prefill-rate", "0"}, "prefill rate 0"},
		{[]string{"--prefill-rate", "Inf"}, "prefill rate +Inf"},
		{[]string{"--overhead", "-1s"}, "overhead -1s"},
		{[]string{"--step", "-1ms"}, "step times"},
		{[]string{"--step-per-seq", "-1ms"}, "step times"},
		{[]string{"--load-time", "-1s"}, "load time"},
		{[]string{"--slots", "0"}, "slots 0"},
		{[]string{"--kv-tokens", "3"}, "KV cache of 3 tokens"},
		{[]string{"--context-length", "3"}, "context length of 3 tokens"},
		{[]string{"--jitter", "NaN"}, "jitter NaN"},
		{[]string{"extra"}, ""},
	}
	for _, test := range tests {
		c := NewCommand(cli.Streams{Out: io.Discard, Err: io.Discard})
		c.SetArgs(test.args)
		c.SetOut(io.Discard)
		c.SetErr(io.Discard)
		err := c.ExecuteContext(t.Context())
		var usage *cli.UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want a usage error with %q", test.args, err, test.want)
		}
	}
}

func TestCannotRun(t *testing.T) {
	url, _, stop := serve(t, t.Context(), nil, "--listen", "127.0.0.1:0")
	taken := strings.TrimPrefix(url, "http://")
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--listen", taken}, "choose another address with --listen"},
		{[]string{"--truth-log", filepath.Join(t.TempDir(), "no", "such", "folder")}, "open truth log"},
	} {
		c := NewCommand(cli.Streams{Out: io.Discard, Err: io.Discard})
		c.SetArgs(test.args)
		c.SetOut(io.Discard)
		c.SetErr(io.Discard)
		err := c.ExecuteContext(t.Context())
		var usage *cli.UsageError
		if err == nil || errors.As(err, &usage) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want an error with %q that is not the usage's", test.args, err, test.want)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestHelpNamesEveryFault(t *testing.T) {
	c := NewCommand(cli.Streams{})
	for _, want := range []string{"truncate:after=", "status:code=503,retry-after=2", "share=0.1"} {
		if !strings.Contains(c.Long, want) {
			t.Errorf("the help does not show %q:\n%s", want, c.Long)
		}
	}
}
