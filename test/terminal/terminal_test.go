//go:build linux || darwin

package terminal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	plugin "github.com/kubectl-llmbench/kubectl-llmbench/test/program"
)

// program is the plugin, built once for all tests.
var program string

func TestMain(m *testing.M) { os.Exit(plugin.Main(m, &program)) }

// session is the program in a terminal of its own.
type session struct {
	t      *testing.T
	user   *os.File
	tty    *os.File
	before *term.State
	cmd    *exec.Cmd
	dir    string
	gone   chan struct{}

	mu     sync.Mutex
	seen   bytes.Buffer
	screen *emulator
	// shown is every screen that there was.
	shown []string
}

// start runs the program on simulated engines in a terminal of a size.
func start(t *testing.T, size pty.Winsize, scenarios string, env ...string) *session {
	t.Helper()
	user, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	if err := pty.Setsize(tty, &size); err != nil {
		t.Fatal(err)
	}
	before, err := term.GetState(int(tty.Fd())) //nolint:gosec // descriptors are small
	if err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, user: user, tty: tty, before: before, dir: t.TempDir(), gone: make(chan struct{}), screen: newEmulator(int(size.Cols), int(size.Rows))}
	config := filepath.Join(s.dir, "config.yaml")
	if err := os.WriteFile(config, []byte("benchmark: {name: in a terminal}\ntest_scenarios:\n"+scenarios), 0o600); err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.Command(program, "custom", "--simulate", "--config", config, "--output-dir", filepath.Join(s.dir, "results")) //nolint:gosec,noctx // it is ended below
	s.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "TERM=xterm-256color"}, env...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = tty, tty, tty
	s.cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(s.gone); io.Copy(s, user) }() //nolint:errcheck // it ends with the terminal
	t.Cleanup(s.close)
	return s
}

func (s *session) close() {
	s.cmd.Process.Kill() //nolint:errcheck,gosec // it has ended but where a test failed
	s.tty.Close()        //nolint:errcheck,gosec // nobody uses it any more
	s.user.Close()       //nolint:errcheck,gosec // as above
	<-s.gone
}

// Write takes what the program drew.
func (s *session) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.screen.write(p)
	s.shown = append(s.shown, s.screen.text())
	return s.seen.Write(p)
}

func (s *session) raw() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.String()
}

// everShown says whether any screen there was had a text.
func (s *session) everShown(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.shown, func(screen string) bool { return strings.Contains(screen, text) })
}

// text is what the terminal shows now, with what has scrolled by.
func (s *session) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.screen.text()
}

// await waits until texts were shown, in any order.
func (s *session) await(texts ...string) {
	s.t.Helper()
	var missing string
	for range 3000 {
		i := slices.IndexFunc(texts, func(text string) bool { return !s.everShown(text) })
		if i < 0 {
			return
		}
		missing = texts[i]
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("%q was not shown; this is:\n%s", missing, s.text())
}

func (s *session) press(keys string) {
	s.t.Helper()
	if _, err := s.user.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// exit waits for the program's end, wants its terminal as it was, and returns
// its code and its results.
func (s *session) exit() (code int, sum record.Summary) {
	s.t.Helper()
	err := s.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		s.t.Fatal(err)
	}
	after, err := term.GetState(int(s.tty.Fd())) //nolint:gosec // descriptors are small
	if err != nil {
		s.t.Fatal(err)
	}
	if *after != *s.before {
		s.t.Errorf("the terminal's mode was %+v and is %+v", s.before, after)
	}
	s.wantModesOff()
	data, err := os.ReadFile(filepath.Join(s.dir, "results", "latest", "processed", "summary.json"))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &sum); err != nil {
		s.t.Fatal(err)
	}
	return code, sum
}

// wantModesOff wants every private mode of the terminal that was switched to be
// back: the cursor shown, pasting as it was.
func (s *session) wantModesOff() {
	s.t.Helper()
	seen := s.raw()
	for _, mode := range []struct{ changed, back string }{{ansi.ResetModeTextCursorEnable, ansi.SetModeTextCursorEnable}, {ansi.SetModeBracketedPaste, ansi.ResetModeBracketedPaste}} {
		if strings.LastIndex(seen, mode.changed) > strings.LastIndex(seen, mode.back) {
			s.t.Errorf("%q was not taken back", mode.changed)
		}
	}
}

const (
	short = "  ttft: {iterations: 8, warmup_iterations: 0, max_tokens: 4}\n  load_tests: [{name: heavy, concurrent_users: 4, duration_seconds: 1, warmup_seconds: 0, max_tokens: 8}]\n"
	skips = "  ttft: {iterations: 1000000, warmup_iterations: 0, max_tokens: 2}\n  load_tests: [{name: heavy, concurrent_users: 2, duration_seconds: 0.5, warmup_seconds: 0, max_tokens: 4}]\n"
	ever  = "  ttft: {iterations: 1000000, warmup_iterations: 0, max_tokens: 2}\n  load_tests: []\n"
)

func TestARunShowsItsEnginesAndLeavesItsTables(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]pty.Winsize{"80x24": {Cols: 80, Rows: 24}, "120x40": {Cols: 120, Rows: 40}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, size, short)
			code, sum := s.exit()
			if code != 0 || sum.Partial || len(sum.Scenarios) != 2 {
				t.Errorf("exit code %d, partial %t, %d scenarios: %s", code, sum.Partial, len(sum.Scenarios), s.text())
			}
			s.await("in a terminal", "scenario 1 of 2: ttft", "TTFT P50", "95% CI", "▸ vllm", "▸ tgi", "▸ ollama", "/8", "scenario 2 of 2: heavy", "TOK/S",
				"ttft: done in", "heavy: done in", "\nvllm ", "results: ")
			if wide := s.everShown("P99  E2E P50"); wide != (size.Cols == 120) {
				t.Errorf("at %d columns the view has what only a wide one has: %t", size.Cols, wide)
			}
			if left := s.text(); strings.Contains(left, "scenario 1 of 2") || strings.Contains(left, "q stop") {
				t.Errorf("the view is left on the screen:\n%s", left)
			}
		})
	}
}

func TestSSkipsTheScenario(t *testing.T) {
	t.Parallel()
	s := start(t, pty.Winsize{Cols: 80, Rows: 24}, skips)
	s.await("scenario 1 of 2: ttft", "95% CI")
	s.press("s")
	s.await("ttft: skipped after", "scenario 2 of 2: heavy")
	code, sum := s.exit()
	if code != 0 || !sum.Partial || len(sum.Findings) == 0 {
		t.Errorf("exit code %d, partial %t, findings %+v", code, sum.Partial, sum.Findings)
	}
	if e := sum.Scenarios[1].Engines[0]; e.Succeeded == 0 {
		t.Errorf("the scenario after the skipped one: %+v", e)
	}
	s.await("PARTIAL: a scenario was skipped")
}

func TestKeysThatStopKeepWhatWasMeasured(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{"q": "q", "Ctrl-C": "\x03"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, pty.Winsize{Cols: 80, Rows: 24}, ever)
			s.await("scenario 1 of 1: ttft", "/1000000", "▁")
			s.press(key)
			code, sum := s.exit()
			if code != 130 || !sum.Interrupted || sum.Scenarios[0].Engines[0].Succeeded == 0 {
				t.Errorf("exit code %d, interrupted %t: %+v", code, sum.Interrupted, sum.Scenarios)
			}
			s.await("stopping", "PARTIAL: the run was interrupted", "interrupted; what was measured is kept")
		})
	}
}

func TestASignalGivesTheTerminalBack(t *testing.T) {
	t.Parallel()
	s := start(t, pty.Winsize{Cols: 80, Rows: 24}, ever)
	s.await("scenario 1 of 1: ttft", "▁")
	if err := s.cmd.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code, sum := s.exit(); code != 130 || !sum.Interrupted {
		t.Errorf("exit code %d, interrupted %t", code, sum.Interrupted)
	}
}

func TestNoColourAndDumbTerminals(t *testing.T) {
	t.Parallel()
	plain := start(t, pty.Winsize{Cols: 80, Rows: 24}, short, "NO_COLOR=1")
	dumb := start(t, pty.Winsize{Cols: 80, Rows: 24}, short, "TERM=dumb")
	for _, s := range []*session{plain, dumb} {
		if code, _ := s.exit(); code != 0 {
			t.Errorf("exit code %d", code)
		}
		if strings.Contains(s.raw(), "\x1b[1m") || strings.Contains(s.raw(), "\x1b[33m") {
			t.Errorf("colours: %q", s.raw())
		}
	}
	if !plain.everShown("scenario 1 of 2") {
		t.Error("NO_COLOR takes the view away")
	}
	if strings.Contains(dumb.raw(), "\x1b") || !strings.Contains(dumb.text(), "ttft: started") {
		t.Errorf("a dumb terminal gets escapes or no lines: %q", dumb.raw())
	}
}
