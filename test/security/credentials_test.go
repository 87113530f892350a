//go:build unix

package security

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// crashing has the test's own program crash with the token in its hands.
const crashing = "LLMBENCH_TEST_CRASH"

// everyFrame has a crash show all that it can.
var everyFrame = []string{"GOTRACEBACK=system"}

// TestNoCredentialStandsInACrash has a panic come out of the measured path, at a
// request that carries the token, and reads what the runtime prints of it.
func TestNoCredentialStandsInACrash(t *testing.T) {
	if address := os.Getenv(crashing); address != "" {
		crash(t, address)
	}
	got := make(chan string, 8)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r.Header.Get("Authorization")
		http.Error(w, r.Header.Get("Authorization"), http.StatusForbidden)
	}))
	defer s.Close()
	cmd := exec.Command(os.Args[0], "-test.run=^TestNoCredentialStandsInACrash$") //nolint:gosec,noctx // this program
	cmd.Env = append(append(os.Environ(), everyFrame...), crashing+"="+s.URL)
	out, err := cmd.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("goroutine ")) || !bytes.Contains(out, []byte("brokenProtocol")) {
		t.Fatalf("it did not crash: %v\n%s", err, out)
	}
	select {
	case header := <-got:
		if header != "Bearer "+planted() {
			t.Fatalf("the engine got %q, so this shows nothing", header)
		}
	default:
		t.Fatal("the engine was not asked, so this shows nothing")
	}
	if bytes.Contains(out, []byte(planted())) {
		t.Errorf("the token stands in a crash:\n%s", out)
	}
}

// planted is put together here, so that it does not stand in the program's own
// text, of which a crash may show parts.
func planted() string { return strings.Join([]string{"planted", "crash", "c0ffee"}, "-") }

// brokenProtocol panics over the refusal of a request that has gone out.
type brokenProtocol struct{ engine.Protocol }

func (brokenProtocol) Refusal(int, []byte) engine.Failure { panic("a defect") }

// nowhere keeps nothing.
type nowhere struct{}

func (nowhere) Sample(record.Sample)       {}
func (nowhere) Block(record.Block)         {}
func (nowhere) Server(record.ServerSample) {}

func crash(t *testing.T, address string) {
	t.Helper()
	target, err := bench.NewTarget("openai", engine.OpenAI, address, "manual", wire.Options{Token: planted()})
	if err != nil {
		t.Fatal(err)
	}
	target.Protocol, target.Model = brokenProtocol{target.Protocol}, "m"
	loaded, err := config.Load(nil, "quick")
	if err != nil {
		t.Fatal(err)
	}
	err = bench.Run(t.Context(), bench.Options{
		Config: loaded.Config, Targets: []*bench.Target{target}, Seed: 1, Start: time.Now(), RunID: "run", Sink: nowhere{},
		Prompts: prompt.New(nil, prompt.Options{Seed: 1, PrefixCache: prompt.Bust}), OnPanic: func() {},
	})
	t.Fatal("it goes on", err)
}

// TestNoCredentialStandsInADumpOfTheProgram asks the real program, while a request
// is under way, for the stacks of all its goroutines.
func TestNoCredentialStandsInADumpOfTheProgram(t *testing.T) {
	asked, leave := make(chan string, 8), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			asked <- r.Header.Get("Authorization")
			<-leave
		}
	}))
	defer s.Close()
	defer close(leave)
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(program, "quick", "--url", "openai="+s.URL, "--model", "m", "--output-dir", t.TempDir(), "--engine-token-file", file, "--verbose", "-v=9") //nolint:gosec,noctx // our own program
	cmd.Env = append(append(os.Environ(), everyFrame...), "HOME="+t.TempDir())
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case header := <-asked:
		if header != "Bearer "+token {
			t.Errorf("the engine got %q, so this shows nothing", header)
		}
	case <-time.After(time.Minute):
		t.Error("the engine was not asked, so this shows nothing")
	}
	if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || strings.Count(out.String(), "goroutine ") < 3 {
		t.Fatalf("no dump: %v\n%s", err, out.String())
	}
	if strings.Contains(out.String(), token) {
		t.Errorf("the token stands in the dump:\n%s", out.String())
	}
}

// TestCredentialsInSettingsAreNotPrinted gives addresses with credentials in each
// way in which a setting can be given, and a proxy's, to each verb that shows settings.
func TestCredentialsInSettingsAreNotPrinted(t *testing.T) {
	address := "http://user:" + token + "@127.0.0.1:1"
	file := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(file, []byte("services: {manual_urls: {openai: \""+address+"\"}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	proxy := []string{"HTTP_PROXY=http://user:" + token + "@127.0.0.1:1", "HTTPS_PROXY=http://user:" + token + "@127.0.0.1:1", "http_proxy=", "https_proxy="}
	for _, c := range []struct {
		env  []string
		args []string
	}{
		{nil, []string{"quick", "--url", "openai=" + address}},
		{nil, []string{"quick", "--set", "services.manual_urls.openai=" + address}},
		{nil, []string{"custom", "--config", file}},
		{nil, []string{"quick", "--url", "openai=" + address, "--dry-run"}},
		{nil, []string{"quick", "--url", "openai=" + address, "--dry-run", "-o", "json"}},
		{nil, []string{"custom", "--config", file, "--dry-run", "-o", "yaml"}},
		{nil, []string{"quick", "--in-cluster", "--url", "openai=" + address}},
		{proxy, []string{"quick", "--url", "openai=http://engine.invalid"}},
		{proxy, []string{"quick", "--url", "openai=https://engine.invalid"}},
	} {
		results := t.TempDir()
		out := call(t, append(c.env, "KUBECONFIG="+filepath.Join(t.TempDir(), "none")), append(c.args, "--output-dir", results, "--verbose", "-v=9")...)
		if strings.Contains(out, token) {
			t.Errorf("%v shows the password:\n%s", c.args, out)
		}
		err := filepath.WalkDir(results, func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			data, err := os.ReadFile(path) //nolint:gosec // a test's own file
			if bytes.Contains(data, []byte(token)) {
				t.Errorf("%v: the password stands in %s", c.args, d.Name())
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestSimulatorsDoNotInheritTheToken looks at the environment of the processes that
// the program starts, which need no token.
func TestSimulatorsDoNotInheritTheToken(t *testing.T) {
	if _, err := os.ReadFile("/proc/self/environ"); err != nil {
		t.Skip("this system does not show environments as files")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "quick", "--simulate", "--output-dir", t.TempDir()) //nolint:gosec // our own program
	cmd.Env = append(os.Environ(), "LLMBENCH_ENGINE_TOKEN="+token, "HOME="+t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()                         //nolint:errcheck // it is interrupted
	defer cmd.Process.Signal(syscall.SIGINT) //nolint:errcheck // it may have ended
	found := 0
	for found == 0 && ctx.Err() == nil {
		for _, environ := range environments(t) {
			if strings.Contains(environ, "simulate") {
				found++
				if strings.Contains(environ, token) {
					t.Error("a simulator has the token in its environment")
				}
			}
		}
	}
	if found == 0 {
		t.Error("no simulator was seen, so this shows nothing")
	}
}

// environments are the arguments and the environment of each process of the program
// that another of its processes has started.
func environments(t *testing.T) (all []string) {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range processes {
		arguments, _ := os.ReadFile(filepath.Join(p, "cmdline")) //nolint:errcheck,gosec // it may have ended
		if !bytes.HasPrefix(arguments, []byte(program+"\x00simulate")) {
			continue
		}
		environ, err := os.ReadFile(filepath.Join(p, "environ")) //nolint:gosec // as above
		if err == nil && len(environ) > 0 {
			all = append(all, string(arguments)+string(environ))
		}
	}
	return all
}
