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
