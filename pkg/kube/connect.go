package kube

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	routeclient "github.com/openshift/client-go/route/clientset/versioned"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // the auth providers that kubeconfigs name
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// The client-side limits that users of kubectl plugins expect.
const (
	queriesPerSecond = 50
	burst            = 300
)

// Connect makes clients of what the connection flags and the kubeconfig say:
// server, credentials, context, namespace, impersonation. It sends no request.
// The error wraps ErrNoCluster or ErrContext where that is what is wrong.
func Connect(getter genericclioptions.RESTClientGetter) (*Cluster, error) {
	loader := getter.ToRawKubeConfigLoader()
	config, err := getter.ToRESTConfig()
	if err != nil {
		return nil, unusable(loader, err)
	}
	if config.Host == clientcmd.ClusterDefaults.Server && !serverNamed(getter) {
		// client-go takes no cluster at all for one on this very machine.
		return nil, noCluster(loader)
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, unusable(loader, err)
	}
	c := &Cluster{Namespace: namespace, Host: config.Host, requests: new(atomic.Int64)}
	c.config = rest.CopyConfig(config)
	c.config.QPS, c.config.Burst = queriesPerSecond, burst
	c.config.UserAgent = userAgent()
	c.config.WarningHandler = rest.NoWarnings{}
	c.config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return &counter{next: next, requests: c.requests}
	})
	if err := c.makeClients(); err != nil {
		return nil, fmt.Errorf("make clients for %s: %w", c.Host, err)
	}
	return c, nil
}

// makeClients gives all clients one transport, so that they share connections.
func (c *Cluster) makeClients() error {
	client, err := rest.HTTPClientFor(c.config)
	if err != nil {
		return err
	}
	typed := rest.CopyConfig(c.config)
	typed.ContentType = "application/vnd.kubernetes.protobuf"
	typed.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	c.client = client
	if c.Core, err = kubernetes.NewForConfigAndClient(typed, client); err != nil {
		return err
	}
	if c.Dynamic, err = dynamic.NewForConfigAndClient(c.config, client); err != nil {
		return err
	}
	if c.Routes, err = routeclient.NewForConfigAndClient(c.config, client); err != nil {
		return err
	}
	unlimited := rest.CopyConfig(c.config)
	unlimited.QPS = -1
	unlimited.GroupVersion = &schema.GroupVersion{}
	unlimited.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	c.raw, err = rest.UnversionedRESTClientForConfigAndClient(unlimited, client)
	return err
}

func userAgent() string {
	version := "dev"
	if build, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(build.Main.Version, "v") {
		version = build.Main.Version
	}
	return fmt.Sprintf("kubectl-llmbench/%s (%s/%s)", version, runtime.GOOS, runtime.GOARCH)
}

// serverNamed reports that --server was given.
func serverNamed(getter genericclioptions.RESTClientGetter) bool {
	flags, ok := getter.(*genericclioptions.ConfigFlags)
	return ok && flags.APIServer != nil && *flags.APIServer != ""
}

// unusable explains an error of loading the kubeconfig.
func unusable(loader clientcmd.ClientConfig, err error) error {
	switch {
	case clientcmd.IsEmptyConfig(err):
		return noCluster(loader)
	case clientcmd.IsContextNotFound(err), strings.HasPrefix(err.Error(), "context ") && strings.HasSuffix(err.Error(), " does not exist"):
		return fmt.Errorf("%w: %w; %s", ErrContext, err, choices(loader))
	case errors.Is(err, clientcmd.ErrEmptyCluster):
		return fmt.Errorf("%w: %w", ErrNoCluster, err)
	}
	return fmt.Errorf("load the kubeconfig: %w", err)
}

func noCluster(loader clientcmd.ClientConfig) error {
	if len(contexts(loader)) > 0 {
		return fmt.Errorf("%w: the kubeconfig has no current context; %s", ErrNoCluster, choices(loader))
	}
	return fmt.Errorf("%w: set KUBECONFIG or --kubeconfig to a file that names one", ErrNoCluster)
}

// choices tells which contexts there are.
func choices(loader clientcmd.ClientConfig) string {
	names := contexts(loader)
	if len(names) == 0 {
		return "the kubeconfig has no contexts"
	}
	return "choose one with --context: " + strings.Join(names, ", ")
}

func contexts(loader clientcmd.ClientConfig) []string {
	raw, err := loader.RawConfig()
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(raw.Contexts))
}
