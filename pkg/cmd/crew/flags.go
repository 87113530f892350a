// Package crew is what the verbs share that run workers inside the cluster: the
// flags that say what workers are like, their Job, and the way from a run's name to
// its workers.
//
// Its main type is Flags. It knows no verb.
package crew

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
)

// mostWorkers bounds how many there may be; docs/scale.md says what gives way.
const mostWorkers = 1000

// Flags say whether to measure from inside the cluster, and how workers are made.
type Flags struct {
	// Workers is how many, 0 to measure from here.
	Workers      count
	Image        string
	CPU, Memory  string
	NodeSelector []string
	Tolerations  []string
	PullSecrets  []string
	// TokenSecrets are [engine=]NAME/KEY.
	TokenSecrets []string
	Detach       bool
	StartTimeout time.Duration
}

// Bind adds the flags. version is the program's own, which names the image.
func (f *Flags) Bind(c *cobra.Command, version string) {
	flags := c.Flags()
	flags.Var(&f.Workers, "in-cluster", "Measure from inside the cluster, with so many workers in pods of their own")
	flags.Lookup("in-cluster").NoOptDefVal = "1"
	flags.StringVar(&f.Image, "worker-image", "ghcr.io/kubectl-llmbench/kubectl-llmbench:"+version, "Image of workers: this program's own")
	flags.StringVar(&f.CPU, "worker-cpu", "1", "Processors that each worker requests")
	flags.StringVar(&f.Memory, "worker-memory", "512Mi", "Memory that each worker requests and is limited to")
	flags.StringSliceVar(&f.NodeSelector, "worker-node-selector", nil, "Labels of the nodes that workers may run on, as pool=load")
	flags.StringArrayVar(&f.Tolerations, "worker-toleration", nil, "Taint that workers tolerate, as key[=value][:Effect]; repeatable")
	flags.StringSliceVar(&f.PullSecrets, "worker-pull-secret", nil, "Secret to pull the workers' image with; repeatable")
	flags.StringArrayVar(&f.TokenSecrets, "engine-token-secret", nil, "Secret with the engines' bearer token for workers, as NAME/KEY or engine=NAME/KEY; repeatable")
	flags.BoolVar(&f.Detach, "detach", false, "Leave as soon as the worker has begun; 'kubectl llmbench attach' collects what it measures")
	flags.DurationVar(&f.StartTimeout, "worker-start-timeout", 3*time.Minute, "How long workers may take until all are ready")
}

// Given says that workers are wanted.
func (f *Flags) Given() bool { return f.Workers > 0 }

// Check refuses what no workers can be made of.
func (f *Flags) Check() error {
	switch {
	case f.Detach && !f.Given():
		return cli.Usagef("--detach leaves a run to its worker: it needs --in-cluster")
	case f.Detach && f.Workers > 1:
		return cli.Usagef("--detach is for one worker: several begin each block together, which somebody has to lead. Leave the run with the terminal (nohup, tmux), or measure with --in-cluster=1")
	case len(f.TokenSecrets) > 0 && !f.Given():
		return cli.Usagef("--engine-token-secret is for workers: it needs --in-cluster; give a token to this program with --engine-token-file")
	case !f.Given():
		return nil
	case f.StartTimeout <= 0:
		return cli.Usagef("--worker-start-timeout %v: want more than 0", f.StartTimeout)
	}
	_, err := f.spec()
	return err
}

// spec is the part of a Job that flags describe.
func (f *Flags) spec() (s fleet.JobSpec, err error) {
	s = fleet.JobSpec{Image: f.Image, PullSecrets: f.PullSecrets, Workers: int(f.Workers)}
	if s.CPU, err = quantity("--worker-cpu", f.CPU); err != nil {
		return s, err
	}
	if s.Memory, err = quantity("--worker-memory", f.Memory); err != nil {
		return s, err
	}
	for _, text := range f.NodeSelector {
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			return s, cli.Usagef("--worker-node-selector %q: want a label as pool=load", text)
		}
		if s.NodeSelector == nil {
			s.NodeSelector = map[string]string{}
		}
		s.NodeSelector[key] = value
	}
	for _, text := range f.Tolerations {
		t, err := toleration(text)
		if err != nil {
			return s, err
		}
		s.Tolerations = append(s.Tolerations, t)
	}
	return s, nil
}

func quantity(flag, text string) (resource.Quantity, error) {
	q, err := resource.ParseQuantity(text)
	if err == nil && q.Sign() <= 0 {
		return q, cli.Usagef("%s %q: want more than 0", flag, text)
	}
	if err != nil {
		return q, cli.Usagef("%s %q: want a quantity of Kubernetes, as 500m or 1Gi", flag, text)
	}
	return q, nil
}

// effects are what a taint may do.
var effects = []corev1.TaintEffect{corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute}

// toleration reads a taint as kubectl taint writes it, of which the value and the
// effect may be left out.
func toleration(text string) (corev1.Toleration, error) {
	taint, effect, _ := strings.Cut(text, ":")
	key, value, valued := strings.Cut(taint, "=")
	t := corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffect(effect)}
	if valued {
		t.Operator, t.Value = corev1.TolerationOpEqual, value
	}
	if key == "" || effect != "" && !slices.Contains(effects, t.Effect) {
		return t, cli.Usagef("--worker-toleration %q: want key[=value][:NoSchedule|PreferNoSchedule|NoExecute]", text)
	}
	return t, nil
}

// tokenEnv is the variable that holds an engine's token in a worker.
func tokenEnv(index int) string { return "LLMBENCH_ENGINE_TOKEN_" + strconv.Itoa(index) }

// tokens gives each engine the Secret that is meant for it: its own, or that for
// all.
func (f *Flags) tokens(engines []fleet.Engine) (refs []fleet.TokenRef, err error) {
	of := map[string]string{}
	for _, text := range f.TokenSecrets {
		engine, ref, ok := strings.Cut(text, "=")
		if _, known := config.EngineKind(engine); !ok || !known {
			engine, ref = "", text
		}
		of[engine] = ref
	}
	for i := range engines {
		ref, ok := of[engines[i].Name]
		if !ok {
			ref = of[""]
		}
		if ref == "" {
			continue
		}
		secret, key, ok := strings.Cut(ref, "/")
		if !ok || secret == "" || key == "" {
			return nil, cli.Usagef("--engine-token-secret %q: want NAME/KEY or engine=NAME/KEY", ref)
		}
		engines[i].TokenEnv = tokenEnv(i)
		refs = append(refs, fleet.TokenRef{Env: tokenEnv(i), Secret: secret, Key: key})
	}
	return refs, nil
}

// count is a flag that takes a number of workers.
type count int

// String implements pflag.Value.
func (c *count) String() string {
	if *c == 0 {
		return ""
	}
	return strconv.Itoa(int(*c))
}

// Type implements pflag.Value.
func (*count) Type() string { return "workers" }

// Set implements pflag.Value.
func (c *count) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostWorkers {
		return cli.Usagef("%q is no number of workers: want 1 to %d", text, mostWorkers)
	}
	*c = count(n)
	return nil
}
