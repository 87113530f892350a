package crew

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// crewOf is a crew in an empty cluster.
func crewOf(run string, core *fake.Clientset) *Crew {
	return &Crew{
		Cluster: &kube.Cluster{Namespace: "team", Core: core}, Namespace: "team", Say: func(string) {},
		Plan: fleet.Plan{Run: record.Run{SchemaVersion: record.SchemaVersion, RunID: run}, Workers: 2, Engines: []fleet.Engine{{Name: "vllm"}}},
	}
}

func TestACrewIsStartedFoundAndRemoved(t *testing.T) {
	core := fake.NewClientset()
	f, err := parsed("--in-cluster=2", "--engine-token-secret=engine/token")
	if err != nil {
		t.Fatal(err)
	}
	c := crewOf("r1", core)
	c.Plan.Run.Plan.ExpectedS = 600
	if err := c.Start(t.Context(), f, nil); err != nil {
		t.Fatal(err)
	}
	job, err := core.BatchV1().Jobs("team").Get(t.Context(), "llmbench-r1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// It may take longer than expected, and does not stay for ever.
	if s := job.Spec; *s.Completions != 2 || *s.ActiveDeadlineSeconds != int64((startTime+slower*10*time.Minute)/time.Second) || int64(*s.TTLSecondsAfterFinished) != int64(keepFor/time.Second) {
		t.Errorf("%+v", s)
	}
	for _, name := range []string{"", "r1", "llmbench-r1"} {
		o, err := Find(t.Context(), c.Cluster, name)
		if err != nil || RunOf(o) != "r1" {
			t.Errorf("%q: %+v, %v", name, o, err)
		}
	}
	o, err := Find(t.Context(), c.Cluster, "")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := Take(t.Context(), c.Cluster, o)
	if err != nil || plan.Workers != 2 || plan.Engines[0].TokenEnv == "" {
		t.Errorf("%+v, %v", plan, err)
	}
	if err := crewOf("r2", core).Start(t.Context(), f, nil); err != nil {
		t.Fatal(err)
	}
	var usage *cli.UsageError
	if _, err := Find(t.Context(), c.Cluster, ""); !errors.As(err, &usage) || !strings.Contains(err.Error(), "r1, r2") {
		t.Errorf("two runs: %v", err)
	}
	if err := Remove(t.Context(), c.Cluster, o); err != nil {
		t.Error(err)
	}
	if _, err := Find(t.Context(), c.Cluster, "r1"); err == nil || !strings.Contains(err.Error(), "run r1 has no workers in namespace team") {
		t.Errorf("a run that was removed: %v", err)
	}
}

// A plan that no ConfigMap holds is refused before anything is made.
func TestAPlanThatIsTooLargeMakesNothing(t *testing.T) {
	core := fake.NewClientset()
	f, err := parsed("--in-cluster=2")
	if err != nil {
		t.Fatal(err)
	}
	random, prompts := rand.New(rand.NewPCG(1, 2)), make([]byte, 2<<20) //nolint:gosec // no secret
	for i := range prompts {
		prompts[i] = byte(random.IntN(256))
	}
	c := crewOf("r1", core)
	c.Plan.Files = map[string][]byte{"prompts.txt": prompts}
	if err := c.Start(t.Context(), f, nil); err == nil || !strings.Contains(err.Error(), "shorter prompt file") {
		t.Errorf("%v", err)
	}
	if len(core.Actions()) > 0 {
		t.Errorf("asked of the cluster: %v", core.Actions())
	}
}
