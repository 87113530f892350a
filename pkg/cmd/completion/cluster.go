package completion

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// patience is how long a person may be kept waiting for the names of a cluster.
const patience = 2 * time.Second

// mostNames bounds what is asked of a cluster for one press of a key.
const mostNames = 500

// named completes with the names of a kubeconfig or its cluster, and with
// nothing where they cannot be had.
func named(names func(context.Context, *genericclioptions.ConfigFlags) []string) cobra.CompletionFunc {
	return func(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx := c.Context()
		if ctx == nil {
			ctx = context.Background()
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return names(ctx, connection(c.Flags())), cobra.ShellCompDirectiveNoFileComp
	}
}

// connection takes over what was typed of kubectl's flags so far.
func connection(typed *pflag.FlagSet) *genericclioptions.ConfigFlags {
	flags := genericclioptions.NewConfigFlags(false)
	own := pflag.NewFlagSet("connection", pflag.ContinueOnError)
	flags.AddFlags(own)
	own.VisitAll(func(f *pflag.Flag) {
		if given := typed.Lookup(f.Name); given != nil && given.Changed && given.Value.Type() == f.Value.Type() {
			_ = f.Value.Set(given.Value.String()) //nolint:errcheck // the same kind of value took it before
		}
	})
	return flags
}

// engines lists the engines that the objects of the namespace show, which was
// typed or is the context's. None of them is asked.
func engines(c *cobra.Command) []string {
	ctx := c.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	place, err := kube.Connect(connection(c.Flags()))
	if err != nil {
		return nil
	}
	defer place.Close()
	namespace := place.Namespace
	if everywhere := c.Flags().Lookup("all-namespaces"); everywhere != nil && everywhere.Value.String() == "true" {
		namespace = ""
	}
	keep := labels.Everything()
	if typed := c.Flags().Lookup("selector"); typed != nil {
		if keep, err = labels.Parse(typed.Value.String()); err != nil {
			return nil
		}
	}
	inventory, err := place.List(ctx, namespace)
	if err != nil {
		return nil
	}
	return discover.Likely(inventory, keep)
}

func contextNames(_ context.Context, flags *genericclioptions.ConfigFlags) []string {
	raw, err := flags.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(raw.Contexts))
}

func clusterNames(_ context.Context, flags *genericclioptions.ConfigFlags) []string {
	raw, err := flags.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(raw.Clusters))
}

func userNames(_ context.Context, flags *genericclioptions.ConfigFlags) []string {
	raw, err := flags.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(raw.AuthInfos))
}

// namespaces asks the cluster. Who may not list namespaces still gets those
// that the kubeconfig's contexts name.
func namespaces(ctx context.Context, flags *genericclioptions.ConfigFlags) []string {
	if names := liveNamespaces(ctx, flags); len(names) > 0 {
		return names
	}
	raw, err := flags.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil
	}
	known := map[string]bool{}
	for _, c := range raw.Contexts {
		if c.Namespace != "" {
			known[c.Namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
}

func liveNamespaces(ctx context.Context, flags *genericclioptions.ConfigFlags) []string {
	config, err := flags.ToRESTConfig()
	if err != nil {
		return nil
	}
	config.Timeout = patience
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil
	}
	list, err := client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{Limit: mostNames})
	if err != nil {
		return nil
	}
	var names []string
	for _, n := range list.Items {
		names = append(names, n.Name)
	}
	return names
}
