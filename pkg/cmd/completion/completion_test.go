package completion

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
)

// verb is a command with kubectl's flags, as every verb that looks at a
// cluster has them.
func verb(t *testing.T, args ...string) *cobra.Command {
	t.Helper()
	c := &cobra.Command{Use: "verb", Run: func(*cobra.Command, []string) {}}
	genericclioptions.NewConfigFlags(true).AddFlags(c.Flags())
	if err := c.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	return c
}

// kubeconfig has the server in the context it is in, and nothing in another.
func kubeconfig(t *testing.T, server string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: here,
clusters: [{name: one, cluster: {server: %q, insecure-skip-tls-verify: true}}, {name: none, cluster: {server: "http://127.0.0.1:1"}}],
contexts: [{name: here, context: {cluster: one, user: me, namespace: mine}}, {name: away, context: {cluster: none, user: me}}],
users: [{name: me, user: {token: secret}}]}`, server)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNamespacesOfTheClusterThatWasTyped(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/namespaces" || r.Header.Get("Authorization") != "Bearer secret" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"kind":"NamespaceList","apiVersion":"v1","items":[{"metadata":{"name":"default"}},{"metadata":{"name":"team-llm"}}]}`) //nolint:errcheck,gosec // the client would tell
	}))
	defer s.Close()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no", http.StatusForbidden)
	}))
	defer refusing.Close()
	file := kubeconfig(t, s.URL)
	for _, tt := range []struct {
		name string
		args []string
		want []string
	}{
		{"current context", []string{"--kubeconfig", file}, []string{"default", "team-llm"}},
		{"another context, which does not answer", []string{"--kubeconfig", file, "--context", "away"}, []string{"mine"}},
		{"may not list", []string{"--kubeconfig", kubeconfig(t, refusing.URL)}, []string{"mine"}},
		{"no such file", []string{"--kubeconfig", filepath.Join(t.TempDir(), "none")}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
			got, directive := named(namespaces)(verb(t, tt.args...), nil, "")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
			if directive != cobra.ShellCompDirectiveNoFileComp {
				t.Errorf("directive %d", directive)
			}
		})
	}
}

// TestASilentClusterIsNotWaitedFor has a server that never answers. The bound
// is far above the patience that is kept, and far below a client's own.
func TestASilentClusterIsNotWaitedFor(t *testing.T) {
	hold := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(hold)
	began := time.Now()
	got, _ := named(namespaces)(verb(t, "--kubeconfig", kubeconfig(t, s.URL)), nil, "")
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	if !slices.Equal(got, []string{"mine"}) {
		t.Errorf("got %q", got)
	}
}

func TestListOf(t *testing.T) {
	for typed, want := range map[string][]string{
		"":      {"a", "b", "ab"},
		"a":     {"a", "b", "ab"}, // the shell keeps those that begin so
		"a,":    {"a,b", "a,ab"},
		"ab,":   {"ab,a", "ab,b"},
		"a,b,a": {"a,b,ab"},
	} {
		got, _ := listOf("a", "b", "ab")(nil, nil, typed)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: want -, got +:\n%s", typed, diff)
		}
	}
}

func TestWhatStandsBehindAnEngineIsTheCallersOwn(t *testing.T) {
	if got, _ := engineEquals(nil, nil, "vllm=h"); got != nil {
		t.Errorf("got %q", got)
	}
}

// TestEnginesThatAreFound has a namespace with two engines of a kind; only
// their pods may be listed.
func TestEnginesThatAreFound(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/namespaces/mine/pods" {
			http.Error(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}`, http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[`+vllm("large")+","+vllm("small")+`]}`) //nolint:errcheck,gosec // the client would tell
	}))
	defer s.Close()
	file := kubeconfig(t, s.URL)
	for _, tt := range []struct {
		name, typed string
		args        []string
		complete    cobra.CompletionFunc
		want        []string
	}{
		{"services", "", nil, someEngines, []string{"vllm", "tgi", "ollama", "openai", "vllm-large", "vllm-small"}},
		{"one of several", "tgi,vllm-large,", nil, someEngines, []string{"tgi,vllm-large,vllm", "tgi,vllm-large,ollama", "tgi,vllm-large,openai", "tgi,vllm-large,vllm-small"}},
		{"by a label", "", []string{"-l", "app=none"}, someEngines, []string{"vllm", "tgi", "ollama", "openai"}},
		{"a selector that is none", "", []string{"-l", "=="}, someEngines, []string{"vllm", "tgi", "ollama", "openai"}},
		{"a cluster that does not answer", "", []string{"--context", "away"}, someEngines, []string{"vllm", "tgi", "ollama", "openai"}},
		{"models", "", nil, ofAnEngine, []string{"vllm=", "tgi=", "ollama=", "openai=", "vllm-large=", "vllm-small="}},
		{"a model", "vllm-large=", nil, ofAnEngine, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &cobra.Command{Use: "verb", Run: func(*cobra.Command, []string) {}}
			new(cluster.Flags).Bind(c)
			if err := c.ParseFlags(append(tt.args, "--kubeconfig", file)); err != nil {
				t.Fatal(err)
			}
			got, _ := tt.complete(c, nil, tt.typed)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

// vllm is a pod that is plainly vLLM.
func vllm(name string) string {
	return fmt.Sprintf(`{"metadata":{"name":%[1]q,"namespace":"mine","labels":{"app":"%[1]s"}},
		"spec":{"containers":[{"name":"main","image":"vllm/vllm-openai:v0.9.1"}]},
		"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}`, name)
}

func TestSettings(t *testing.T) {
	for typed, want := range map[string][]string{
		"output.charts=":         {"output.charts=true", "output.charts=false"},
		"generation.max_tokens=": nil,
		"no.such=":               nil,
	} {
		got, directive := setting(nil, nil, typed)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: want -, got +:\n%s", typed, diff)
		}
		if directive != cobra.ShellCompDirectiveNoFileComp {
			t.Errorf("%q: directive %d", typed, directive)
		}
	}
	all, _ := setting(nil, nil, "gen")
	for _, want := range []string{"generation.max_tokens=", "services.models.vllm=", "test_scenarios.load_tests[0].concurrent_users="} {
		if !slices.Contains(all, want) {
			t.Errorf("%s is not offered", want)
		}
	}
}

func TestAFlagsOwnCompletionIsKept(t *testing.T) {
	root := &cobra.Command{Use: "root"}
	c := &cobra.Command{Use: "verb", Run: func(*cobra.Command, []string) {}}
	root.AddCommand(c)
	c.Flags().String("via", "", "")
	if err := c.RegisterFlagCompletionFunc("via", oneOf("own")); err != nil {
		t.Fatal(err)
	}
	Register(root)
	complete, ok := c.GetFlagCompletionFunc("via")
	if !ok {
		t.Fatal("it has none")
	}
	if got, _ := complete(c, nil, ""); strings.Join(got, ",") != "own" {
		t.Errorf("got %q", got)
	}
}
