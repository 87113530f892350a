package children

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/simulate"
)

// roleVariable says what this test binary is to be when it runs as a child.
const roleVariable = "LLMBENCH_CHILDREN_TEST_ROLE"

func TestMain(m *testing.M) {
	roles := map[string]func() error{
		"simulate": simulateRole,
		"parent":   parentRole,
		"mute":     func() error { _, err := io.Copy(io.Discard, os.Stdin); return err },
		"rude":     func() error { _, err := fmt.Println("hello"); return err },
		"silent":   func() error { return nil },
	}
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // or each child under the race detector takes a second to end
	role := os.Getenv(roleVariable)
	if role == "" {
		goleak.VerifyTestMain(m)
		return
	}
	if err := roles[role](); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(2)
	}
}

// simulateRole is the real verb, as the program would run it.
func simulateRole() error {
	c := simulate.NewCommand(cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	c.SetArgs(os.Args[2:]) // after "simulate"
	c.SilenceErrors, c.SilenceUsage = true, true
	return c.Execute()
}

// parentRole starts a simulator of its own and waits to be killed.
func parentRole() error {
	if err := os.Setenv(roleVariable, "simulate"); err != nil {
		return err
	}
	s, err := Start(context.Background(), os.Args[0], []string{"tgi"})
	if err != nil {
		return err
	}
	fmt.Println(s.URLs["tgi"])
	select {}
}

func healthy(url string) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: HTTP %d", url, resp.StatusCode)
	}
	return nil
}

func TestChildrenServeUntilStop(t *testing.T) {
	t.Setenv(roleVariable, "simulate")
	paths := map[string]string{"vllm": "/version", "tgi": "/info", "ollama": "/api/version"}
	s, err := Start(t.Context(), os.Args[0], []string{"vllm", "tgi", "ollama"}, "--seed", "7")
	if err != nil {
		t.Fatal(err)
	}
	for engine, path := range paths {
		if err := healthy(s.URLs[engine] + path); err != nil {
			t.Error(err)
		}
	}
	for range 2 {
		if err := s.Stop(); err != nil {
			t.Errorf("Stop: %v", err)
		}
	}
	for engine, path := range paths {
		if err := healthy(s.URLs[engine] + path); err == nil {
			t.Errorf("%s still answers", engine)
		}
	}
}

func TestChildrenDieWithTheirParent(t *testing.T) {
	t.Setenv(roleVariable, "parent")
	parent := exec.Command(os.Args[0]) //nolint:gosec // this test
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	url := strings.TrimSpace(line) + "/info"
	if err != nil || healthy(url) != nil {
		t.Errorf("the parent's child does not serve at %q: %v", url, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() //nolint:errcheck // it was killed
	for end := time.Now().Add(20 * time.Second); healthy(url) == nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the child has outlived its parent")
		}
	}
}

func TestStartFails(t *testing.T) {
	brief := func(t *testing.T) context.Context {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}
	tests := []struct {
		name, role, executable string
		engines, args          []string
		ctx                    func(*testing.T) context.Context
		want                   []string
	}{
		{
			name: "one of two is unknown", role: "simulate", engines: []string{"vllm", "sglang"},
			want: []string{"start the simulated sglang", "exit status 2", "it says", "cannot simulate engine"},
		},
		{
			name: "bad flag", role: "simulate", engines: []string{"vllm"}, args: []string{"--slots", "0"},
			want: []string{"start the simulated vllm", "slots 0"},
		},
		{name: "no program", executable: "/nonexistent/program", engines: []string{"tgi"}, want: []string{"start the simulated tgi", "/nonexistent/program"}},
		{name: "says something else", role: "rude", engines: []string{"tgi"}, want: []string{`it said "hello" instead of an address`}},
		{name: "says nothing and ends", role: "silent", engines: []string{"tgi"}, want: []string{"it ended without an address"}},
		{name: "says nothing", role: "mute", engines: []string{"tgi"}, ctx: brief, want: []string{"no address came", "deadline"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(roleVariable, test.role)
			ctx, executable := t.Context(), os.Args[0]
			if test.ctx != nil {
				ctx = test.ctx(t)
			}
			if test.executable != "" {
				executable = test.executable
			}
			s, err := Start(ctx, executable, test.engines, test.args...)
			if err == nil {
				t.Fatal(errors.Join(errors.New("Start succeeded"), s.Stop()))
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

func TestStopReportsAChildThatDied(t *testing.T) {
	t.Setenv(roleVariable, "simulate")
	s, err := Start(t.Context(), os.Args[0], []string{"vllm"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.children[0].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.children[0].ended
	first := s.Stop()
	if first == nil || !strings.Contains(first.Error(), "simulated vllm: signal: killed") {
		t.Errorf("Stop after a child was killed: %v", first)
	}
	if again := s.Stop(); !errors.Is(again, first) {
		t.Errorf("a second Stop says %v", again)
	}
}

func TestOutputsKeepLittle(t *testing.T) {
	line, words := newFirstLine(), &lastWords{}
	for range 10 {
		for _, w := range []io.Writer{line, words} {
			if n, err := w.Write([]byte(strings.Repeat("x", 1000))); n != 1000 || err != nil {
				t.Fatalf("Write: %d, %v", n, err)
			}
		}
	}
	select {
	case <-line.complete:
	default:
		t.Error("a line without an end is waited for for ever")
	}
	if n := len(line.String()); n > maxOutput+1000 {
		t.Errorf("the first line keeps %d bytes", n)
	}
	if n := len(words.String()); n != maxOutput {
		t.Errorf("the last words are %d bytes, want %d", n, maxOutput)
	}
}
