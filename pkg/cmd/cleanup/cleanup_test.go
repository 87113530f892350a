package cleanup

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

var now = time.Unix(1_800_000_000, 0)

// leftovers are the objects of a run that ended, of one that runs, of one whose
// Job is gone, and of another namespace; and what is nobody's.
func leftovers() *fake.Clientset {
	meta := func(namespace, run string, age time.Duration) metav1.ObjectMeta {
		m := fleet.JobSpec{Namespace: namespace, RunID: run}.ConfigMap(nil).ObjectMeta
		m.CreationTimestamp = metav1.NewTime(now.Add(-age))
		return m
	}
	return fake.NewClientset(
		&batchv1.Job{ObjectMeta: meta("team", "ended", 3*time.Hour)}, &corev1.ConfigMap{ObjectMeta: meta("team", "ended", 3*time.Hour)},
		&batchv1.Job{ObjectMeta: meta("team", "runs", time.Minute), Status: batchv1.JobStatus{Active: 2}}, &corev1.ConfigMap{ObjectMeta: meta("team", "runs", time.Minute)},
		&corev1.ConfigMap{ObjectMeta: meta("team", "alone", 48*time.Hour)},
		&batchv1.Job{ObjectMeta: meta("other", "far", time.Hour)},
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: "mine"}}, &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: "mine"}},
	)
}

// left names the objects that are there.
func left(t *testing.T, core *fake.Clientset) (all []string) {
	t.Helper()
	jobs, err := core.BatchV1().Jobs("").List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	maps, err := core.CoreV1().ConfigMaps("").List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs.Items {
		all = append(all, "job "+strings.TrimPrefix(j.Name, "llmbench-"))
	}
	for _, m := range maps.Items {
		all = append(all, "map "+strings.TrimPrefix(m.Name, "llmbench-"))
	}
	slices.Sort(all)
	return all
}

func TestWhatIsRemoved(t *testing.T) {
	all := []string{"job ended", "job far", "job mine", "job runs", "map alone", "map ended", "map mine", "map runs"}
	without := func(gone ...string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(gone, s) })
	}
	for name, k := range map[string]struct {
		change func(*Options)
		answer string
		left   []string
		usage  bool
		says   string
	}{
		"what nobody uses":      {func(o *Options) { o.Yes = true }, "", without("job ended", "map ended", "map alone"), false, "run ended, made 3h0m0s ago, ended"},
		"what runs, too":        {func(o *Options) { o.Yes, o.All = true, true }, "", without("job ended", "map ended", "map alone", "job runs", "map runs"), false, "2 workers run"},
		"one run":               {func(o *Options) { o.Yes, o.Run = true, "runs" }, "", without("job runs", "map runs"), false, "2 workers run"},
		"one run by its Job":    {func(o *Options) { o.Yes, o.Run = true, "llmbench-runs" }, "", without("job runs", "map runs"), false, ""},
		"a run that is gone":    {func(o *Options) { o.Yes, o.Run = true, "never" }, "", all, false, "Nothing to remove."},
		"what is old":           {func(o *Options) { o.Yes, o.OlderThan = true, 24*time.Hour }, "", without("map alone"), false, ""},
		"everywhere":            {func(o *Options) { o.Yes, o.AllNamespaces = true, true }, "", without("job ended", "map ended", "map alone", "job far"), false, "other/llmbench-far"},
		"nothing in a dry run":  {func(o *Options) { o.DryRun = true }, "", all, false, "team/llmbench-ended"},
		"nothing without a yes": {func(*Options) {}, "", all, true, "--yes"},
		"after a yes":           {func(o *Options) { o.Streams.ErrIsTerminal = true }, "y\n", without("job ended", "map ended", "map alone"), false, "Remove these 2? [y/N]"},
		"not after a no":        {func(o *Options) { o.Streams.ErrIsTerminal = true }, "n\n", all, false, "nothing was removed"},
	} {
		t.Run(name, func(t *testing.T) {
			var said bytes.Buffer
			core := leftovers()
			o := &Options{
				Streams: cli.Streams{In: strings.NewReader(k.answer), Out: &said, Err: &said}, System: cli.System{Now: func() time.Time { return now }},
			}
			k.change(o)
			err := o.clean(t.Context(), &kube.Cluster{Namespace: "team", Core: core})
			if err != nil {
				said.WriteString(err.Error())
			}
			var usage *cli.UsageError
			if errors.As(err, &usage) != k.usage || !strings.Contains(said.String(), k.says) {
				t.Errorf("%v; said %q, want %q", err, said.String(), k.says)
			}
			if diff := cmp.Diff(k.left, left(t, core)); diff != "" {
				t.Errorf("left (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWrongArgumentsAreRefused(t *testing.T) {
	c := NewCommand(cli.Streams{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, cli.System{})
	c.SetArgs([]string{"a", "b"})
	c.SetErr(&bytes.Buffer{})
	c.SetOut(&bytes.Buffer{})
	var usage *cli.UsageError
	if err := c.ExecuteContext(t.Context()); !errors.As(err, &usage) {
		t.Errorf("two runs: %v", err)
	}
}
