package kube

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func twoContexts() *clientcmdapi.Config {
	return &clientcmdapi.Config{
		CurrentContext: "prod",
		Clusters:       map[string]*clientcmdapi.Cluster{"c": {Server: "https://api.example:6443"}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{"me": {Token: "t"}},
		Contexts: map[string]*clientcmdapi.Context{
			"prod": {Cluster: "c", AuthInfo: "me", Namespace: "team-llm"}, "dev": {Cluster: "c", AuthInfo: "me"},
		},
	}
}

func TestConnectReadsTheCallersFlags(t *testing.T) {
	path := writeConfig(t, twoContexts())
	for name, c := range map[string]struct {
		change          func(*genericclioptions.ConfigFlags)
		namespace, host string
	}{
		"context":  {func(*genericclioptions.ConfigFlags) {}, "team-llm", "https://api.example:6443"},
		"other":    {func(f *genericclioptions.ConfigFlags) { *f.Context = "dev" }, "default", "https://api.example:6443"},
		"-n":       {func(f *genericclioptions.ConfigFlags) { *f.Namespace = "x" }, "x", "https://api.example:6443"},
		"--server": {func(f *genericclioptions.ConfigFlags) { *f.APIServer = "http://localhost:8080" }, "team-llm", "http://localhost:8080"},
		"--as":     {func(f *genericclioptions.ConfigFlags) { *f.Impersonate = "jane" }, "team-llm", "https://api.example:6443"},
	} {
		t.Run(name, func(t *testing.T) {
			flags := flagsFor(path)
			c.change(flags)
			got, err := Connect(flags)
			if err != nil {
				t.Fatal(err)
			}
			if got.Namespace != c.namespace || got.Host != c.host {
				t.Errorf("namespace %s, host %s", got.Namespace, got.Host)
			}
			if got.config.QPS != 50 || got.config.Burst != 300 || !strings.HasPrefix(got.config.UserAgent, "kubectl-llmbench/") {
				t.Errorf("QPS %v, burst %v, agent %q", got.config.QPS, got.config.Burst, got.config.UserAgent)
			}
			if got.config.Impersonate.UserName != *flags.Impersonate {
				t.Errorf("impersonates %q", got.config.Impersonate.UserName)
			}
		})
	}
}

func TestConnectSaysWhatIsWrong(t *testing.T) {
	t.Setenv("KUBERNETES_SERVICE_HOST", "") // not in a pod
	noCurrent := twoContexts()
	noCurrent.CurrentContext = ""
	noServer := twoContexts()
	noServer.Clusters["c"].Server = ""
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path, context string
		is            error
		want          string
	}{
		"empty":      {path: writeConfig(t, &clientcmdapi.Config{}), is: ErrNoCluster, want: "no cluster is configured: set KUBECONFIG or --kubeconfig to a file that names one"},
		"no current": {path: writeConfig(t, noCurrent), is: ErrNoCluster, want: "no cluster is configured: the kubeconfig has no current context; choose one with --context: dev, prod"},
		"no such":    {path: writeConfig(t, twoContexts()), context: "staging", is: ErrContext, want: `no such context: context "staging" does not exist; choose one with --context: dev, prod`},
		"no server":  {path: writeConfig(t, noServer), is: ErrNoCluster, want: "no cluster is configured: "},
		"broken":     {path: broken, want: "load the kubeconfig: "},
		"no file":    {path: filepath.Join(t.TempDir(), "none"), want: "load the kubeconfig: "},
	} {
		t.Run(name, func(t *testing.T) {
			flags := flagsFor(c.path)
			*flags.Context = c.context
			_, err := Connect(flags)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// versionServer answers /version and /apis, and remembers what it was asked.
func versionServer(t *testing.T, version string, groups ...string) (c *Cluster, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var paths []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		paths = append(paths, req.URL.Path)
		mu.Unlock()
		list := metav1.APIGroupList{}
		for _, g := range groups {
			list.Groups = append(list.Groups, metav1.APIGroup{Name: g})
		}
		var answer any = list
		if req.URL.Path == "/version" {
			answer = map[string]string{"gitVersion": version}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(s.Close)
	config := twoContexts()
	config.Clusters["c"].Server = s.URL
	c, err := Connect(flagsFor(writeConfig(t, config)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, func() []string { mu.Lock(); defer mu.Unlock(); return paths }
}

func TestDescribe(t *testing.T) {
	c, asked := versionServer(t, "v1.36.3", "apps", "config.openshift.io")
	got, err := c.Describe(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(record.Cluster{Version: "v1.36.3", Platform: "OpenShift"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/version", "/apis"}, asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestPlatform(t *testing.T) {
	for _, c := range []struct{ version, host, want string }{
		{"v1.30.5-gke.1014001", "https://192.0.2.1", "GKE"},
		{"v1.30.4-eks-a737599", "https://192.0.2.1", "EKS"},
		{"v1.30.4", "https://ABC.gr7.eu-west-1.eks.amazonaws.com", "EKS"},
		{"v1.30.3", "https://team-x.hcp.westeurope.azmk8s.io:443", "AKS"},
		{"v1.31.1+k3s1", "https://192.0.2.1:6443", "K3s"},
		{"v1.31.1+rke2r1", "https://192.0.2.1:6443", "RKE2"},
		{"v1.36.3", "https://192.0.2.1:6443", "Kubernetes"},
	} {
		if got := platform(c.version, c.host, nil); got != c.want {
			t.Errorf("%s at %s is %s, want %s", c.version, c.host, got, c.want)
		}
	}
}

func TestRoundTripIsOfAWarmConnection(t *testing.T) {
	c, asked := versionServer(t, "v1.36.3")
	for range 2 {
		if trip, err := c.RoundTrip(context.Background()); err != nil || trip <= 0 {
			t.Fatal(trip, err)
		}
	}
	// The first opens the connection and is taken again.
	if got := len(asked()); got != 3 {
		t.Errorf("%d requests", got)
	}
}

func TestAFakeClusterSaysSo(t *testing.T) {
	c, _ := newFakes(t, nil, nil, nil)
	_, trip := c.RoundTrip(context.Background())
	_, describe := c.Describe(context.Background())
	tunnel := c.Tunnel(TunnelSpec{Pods: []string{"vllm-0"}})
	defer tunnel.Close()
	_, dial := tunnel.Dial(context.Background(), "", "")
	for _, err := range []error{trip, describe, dial} {
		if !errors.Is(err, errFake) {
			t.Errorf("%v", err)
		}
	}
	if c.Requests() != 0 {
		t.Error("it counts requests")
	}
	c.Close()
}
