package crew

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// parsed reads a command line.
func parsed(args ...string) (*Flags, error) {
	f := &Flags{}
	c := &cobra.Command{}
	f.Bind(c, "v1.2.3")
	if err := c.ParseFlags(args); err != nil {
		return f, err
	}
	return f, f.Check()
}

func TestFlagsMakeAJob(t *testing.T) {
	f, err := parsed("--in-cluster=3", "--worker-cpu=250m", "--worker-memory=1Gi", "--worker-node-selector=pool=load,zone=a", "--worker-pull-secret=p",
		"--worker-toleration=a", "--worker-toleration=b=c:NoSchedule", "--engine-token-secret=all/key", "--engine-token-secret=tgi=own/k")
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.spec()
	if err != nil {
		t.Fatal(err)
	}
	if s.Workers != 3 || s.CPU.String() != "250m" || s.Memory.String() != "1Gi" || s.Image != "ghcr.io/kubectl-llmbench/kubectl-llmbench:v1.2.3" {
		t.Errorf("%+v", s)
	}
	if diff := cmp.Diff(map[string]string{"pool": "load", "zone": "a"}, s.NodeSelector); diff != "" {
		t.Error(diff)
	}
	want := []corev1.Toleration{{Key: "a", Operator: corev1.TolerationOpExists}, {Key: "b", Operator: corev1.TolerationOpEqual, Value: "c", Effect: corev1.TaintEffectNoSchedule}}
	if diff := cmp.Diff(want, s.Tolerations); diff != "" {
		t.Error(diff)
	}
	engines := []fleet.Engine{{Name: "vllm"}, {Name: "tgi"}}
	refs, err := f.tokens(engines)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]fleet.TokenRef{{Env: "LLMBENCH_ENGINE_TOKEN_0", Secret: "all", Key: "key"}, {Env: "LLMBENCH_ENGINE_TOKEN_1", Secret: "own", Key: "k"}}, refs); diff != "" || engines[1].TokenEnv != "LLMBENCH_ENGINE_TOKEN_1" {
		t.Errorf("%s %+v", diff, engines)
	}
}

func TestOneWorkerIsTheDefault(t *testing.T) {
	if f, err := parsed("--in-cluster", "--detach"); err != nil || f.Workers != 1 {
		t.Errorf("%d workers, %v", f.Workers, err)
	}
	if f, err := parsed(); err != nil || f.Given() {
		t.Errorf("workers without the flag: %d, %v", f.Workers, err)
	}
}

func TestWrongFlagsAreRefused(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"--in-cluster=0", "want 1 to 1000"}, {"--in-cluster=1001", "want 1 to 1000"}, {"--in-cluster=x", "want 1 to 1000"},
		{"--detach", "--in-cluster"}, {"--detach --in-cluster=2", "one worker"}, {"--engine-token-secret=a/b", "--in-cluster"},
		{"--in-cluster --worker-cpu=x", "--worker-cpu"}, {"--in-cluster --worker-memory=0", "more than 0"}, {"--in-cluster --worker-node-selector=x", "pool=load"},
		{"--in-cluster --worker-toleration=:NoSchedule", "key"}, {"--in-cluster --worker-toleration=a:Never", "NoExecute"}, {"--in-cluster --worker-start-timeout=0s", "more than 0"},
	} {
		_, err := parsed(strings.Fields(c.args)...)
		var usage *cli.UsageError
		if err == nil || !strings.Contains(err.Error(), c.says) || !errors.As(err, &usage) && !strings.Contains(err.Error(), "invalid argument") {
			t.Errorf("%s: %v", c.args, err)
		}
	}
	f := &Flags{TokenSecrets: []string{"noslash"}}
	if _, err := f.tokens([]fleet.Engine{{Name: "vllm"}}); err == nil || !strings.Contains(err.Error(), "NAME/KEY") {
		t.Errorf("a Secret without a key: %v", err)
	}
}

func TestAResultSaysWhereItWasMeasured(t *testing.T) {
	worker := record.Worker{Pod: "p", Node: "n1", Samples: 1, OffsetLowMS: record.Some(-3.0), OffsetHighMS: record.Some(97.0)}
	out := fleet.Outcome{Workers: []record.Worker{worker}, Engines: []record.EngineInfo{{Engine: "vllm", Node: "n1"}, {Engine: "tgi", Node: "n2"}}}
	found := describe(out)
	if len(found) != 2 || !strings.Contains(found[0].Message, "within 100 ms") || found[1].ID != "worker-beside-engine" || found[1].Subject != "vllm" {
		t.Errorf("%+v", found)
	}
	out.Workers[0].OffsetHighMS = record.Float{}
	if found := describe(out); len(found) != 2 || !strings.Contains(found[0].Message, "is not known") {
		t.Errorf("of clocks that are not known: %+v", found)
	}
	out.Workers[0].Samples = 0
	if found := describe(out); found != nil {
		t.Errorf("where nothing was measured: %+v", found)
	}
}
