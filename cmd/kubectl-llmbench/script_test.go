package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// program is the plugin, built once for all scripts.
var program string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "llmbench-script-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	program = filepath.Join(dir, "kubectl-llmbench")
	build := exec.Command("go", "build", "-race", "-o", program, ".") //nolint:gosec,noctx // our own program
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		panic(err)
	}
	return m.Run()
}

// TestScripts drives the real binary with the scripts of testdata/script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", filepath.Dir(program)+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "serve": serve, "waitlines": waitLines, "subst": subst, "torn": torn, "interrupt": interrupt,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// exits runs a command and wants its exit code: exits CODE PROGRAM ARGS…
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// serve starts a simulated engine and puts its address into a variable:
// serve VARIABLE ENGINE ARGS…
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: serve VARIABLE ENGINE ARGS…")
	}
	cmd := exec.Command(program, append([]string{"simulate", "--engine", args[1], "--listen", "127.0.0.1:0", "--until-eof"}, args[2:]...)...) //nolint:gosec,noctx // it ends with its standard input
	cmd.Dir = ts.Getenv("WORK")
	in, err := cmd.StdinPipe()
	ts.Check(err)
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		in.Close()  //nolint:errcheck,gosec // it tells the child to end
		cmd.Wait()  //nolint:errcheck,gosec // as above
		out.Close() //nolint:errcheck,gosec // as above
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		ts.Check(err)
	}
	ts.Setenv(args[0], strings.TrimSpace(line))
}

// waitLines waits until a file that a pattern matches has a number of lines:
// waitlines COUNT PATTERN
func waitLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waitlines COUNT PATTERN")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	poll(ts.Fatalf, func() bool {
		files, err := filepath.Glob(ts.MkAbs(args[1]))
		if err != nil || len(files) == 0 {
			return false
		}
		data, err := os.ReadFile(files[0])
		return err == nil && strings.Count(string(data), "\n") >= want
	})
}

// interrupt starts the program, interrupts it once a file has lines, and wants
// exit code 130: interrupt PATTERN kubectl-llmbench ARGS…
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: interrupt PATTERN kubectl-llmbench ARGS…")
	}
	cmd := exec.Command(program, args[2:]...) //nolint:gosec,noctx // it is interrupted below
	cmd.Dir = ts.MkAbs(".")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	ts.Check(cmd.Start())
	waitLines(ts, false, []string{"5", args[0]})
	ts.Check(cmd.Process.Signal(os.Interrupt))
	cmd.Wait() //nolint:errcheck,gosec // its exit code is compared
	ts.Logf("%s", out.String())
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		ts.Fatalf("exit code %d", code)
	}
}

// subst replaces $NAME by the variable's value in files, in place.
func subst(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: subst FILE…")
	}
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}

// torn cuts the last bytes off a file, as a kill within a write does:
// torn BYTES FILE
func torn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: torn BYTES FILE")
	}
	n, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	path := ts.MkAbs(args[1])
	info, err := os.Stat(path)
	ts.Check(err)
	ts.Check(os.Truncate(path, info.Size()-n))
}
