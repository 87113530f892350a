package attach

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

const (
	runID   = "20261125t000000-abcdef"
	planned = "test_scenarios: {ttft: {iterations: 4, warmup_iterations: 0}}\noutput: {formats: [json], charts: false}\n"
)

// apiServer is as much of an API server as attach asks for: it has one run's objects
// and the log of its one worker.
type apiServer struct {
	t       *testing.T
	plan    fleet.Plan
	log     []byte
	running bool // the log has no end yet
	led     bool // another caller lives

	mu      sync.Mutex
	beats   int
	runs    []string
	deleted []string
}

// newServer serves the objects of some runs, each with the plan of runID and its
// pod, and returns the flags that lead to it.
func newServer(t *testing.T, s *apiServer) []string {
	t.Helper()
	s.t = t
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: c, clusters: [{name: c, cluster: {server: %q}}], users: [{name: u, user: {}}],
  contexts: [{name: c, context: {cluster: c, user: u, namespace: team}}]}`, server.URL)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--kubeconfig", file}
}

func (s *apiServer) meta(run string) metav1.ObjectMeta {
	return fleet.JobSpec{Namespace: "team", RunID: run}.ConfigMap(nil).ObjectMeta
}

// ServeHTTP implements http.Handler.
func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if r.Method == http.MethodDelete {
		s.deleted = append(s.deleted, r.URL.Path)
		s.answer(w, metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: "Success"})
		return
	}
	switch {
	case name == "jobs":
		list := batchv1.JobList{TypeMeta: metav1.TypeMeta{Kind: "JobList", APIVersion: "batch/v1"}}
		for _, run := range s.runs {
			if selector := r.URL.Query().Get("labelSelector"); !strings.Contains(selector, fleet.LabelRun) || strings.HasSuffix(selector, run) {
				list.Items = append(list.Items, batchv1.Job{ObjectMeta: s.meta(run)})
			}
		}
		s.answer(w, list)
	case name == "configmaps":
		s.answer(w, corev1.ConfigMapList{TypeMeta: metav1.TypeMeta{Kind: "ConfigMapList", APIVersion: "v1"}})
	case strings.Contains(r.URL.Path, "/configmaps/"):
		plan, err := s.plan.Encode()
		if err != nil {
			s.t.Error(err)
		}
		s.answer(w, corev1.ConfigMap{TypeMeta: metav1.TypeMeta{Kind: "ConfigMap", APIVersion: "v1"}, ObjectMeta: s.meta(runID), BinaryData: map[string][]byte{fleet.PlanKey: plan}})
	case name == "pods":
		s.answer(w, corev1.PodList{TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}, Items: []corev1.Pod{s.pod()}})
	case name == "log":
		w.Write(s.log) //nolint:errcheck,gosec // the client notices
		if s.running {
			w.(http.Flusher).Flush() //nolint:errcheck,forcetypeassert // it is a server's
			s.mu.Unlock()
			<-r.Context().Done()
			s.mu.Lock()
		}
	case name == "events":
		s.answer(w, corev1.EventList{TypeMeta: metav1.TypeMeta{Kind: "EventList", APIVersion: "v1"}})
	case r.Method == http.MethodPatch:
		pod := s.pod()
		pod.TypeMeta = metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"}
		s.answer(w, pod)
	default:
		s.t.Errorf("%s %s was asked for", r.Method, r.URL)
		http.NotFound(w, r)
	}
}

func (s *apiServer) pod() corev1.Pod {
	p := corev1.Pod{ObjectMeta: s.meta(runID), Spec: corev1.PodSpec{NodeName: "n1"}}
	p.Labels[batchv1.JobCompletionIndexAnnotation] = "0"
	p.Status.Phase = corev1.PodSucceeded
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{StartedAt: metav1.Now()}}}}
	if s.led {
		s.beats++
		p.Annotations = map[string]string{fleet.OrdersKey: fmt.Sprintf(`{"lead":{"term":1,"by":"another","beat":%d}}`, s.beats)}
	}
	if s.running {
		p.Status.Phase = corev1.PodRunning
		p.Status.ContainerStatuses[0].State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	}
	return p
}

func (s *apiServer) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.t.Error(err)
	}
}

// measured is the log of a worker that sent n requests, and the plan it went by.
func measured(t *testing.T, n int, ended bool) (fleet.Plan, []byte) {
	t.Helper()
	loaded, err := config.Load([]config.Source{{Name: "test", Data: []byte(planned)}}, "")
	if err != nil {
		t.Fatal(err)
	}
	info := record.EngineInfo{Engine: "vllm", Kind: "vllm", Via: "cluster-dns"}
	p := fleet.Plan{Workers: 1, Engines: []fleet.Engine{{Name: "vllm", Kind: "vllm", URL: "http://vllm", Via: "cluster-dns", Info: info}}, Run: record.Run{
		SchemaVersion: record.SchemaVersion, RunID: runID, Name: "quick", StartedAt: time.Unix(1_800_000_000, 0).UTC(), Config: planned,
		Plan: bench.Plan(loaded.Config, []record.EngineInfo{info}, 7), Environment: record.Environment{Engines: []record.EngineInfo{info}},
	}}
	var b bytes.Buffer
	w := fleet.NewWriter(0, &b)
	info.Version, info.Model = "0.11.0", "m"
	w.Say(fleet.Message{Hello: &fleet.Hello{RunID: runID}})
	w.Say(fleet.Message{Ready: &fleet.Ready{Engines: []record.EngineInfo{info}}})
	w.Say(fleet.Message{Started: &fleet.Start{Engines: []string{"vllm"}}})
	for i := range n {
		w.Sample(record.Sample{
			RequestID: fmt.Sprint("r-", i), Engine: "vllm", Scenario: "ttft", Phase: record.PhaseMeasure, Seq: int64(i), Attempt: 1, Status: record.StatusOK,
			SentMS: record.Some(float64(i)), TTFTMS: record.Some(20.0), E2EMS: record.Some(50.0), OutputTokens: record.Some(int64(8)),
		})
	}
	w.Block(record.Block{ID: "0-vllm-0", Engine: "vllm", Scenario: "ttft", EndMS: 100, Done: true})
	if err := w.Close(fleet.Final{}); err != nil {
		t.Fatal(err)
	}
	log := b.Bytes()
	if !ended { // without its last line
		log = log[:bytes.LastIndexByte(log[:len(log)-1], '\n')+1]
	}
	return p, log
}

// attach runs the verb.
func attach(ctx context.Context, args ...string) (out, said string, err error) {
	var o, e bytes.Buffer
	c := NewCommand(cli.Streams{Out: &o, Err: &e}, cli.System{Now: time.Now})
	c.SetArgs(args)
	c.SetOut(&o)
	c.SetErr(&e)
	c.SilenceUsage, c.SilenceErrors = true, true
	err = c.ExecuteContext(ctx)
	return o.String(), e.String(), err
}

// A run that is over is collected on a machine that knows nothing of it, and its
// objects are removed.
func TestARunIsCollected(t *testing.T) {
	s := &apiServer{runs: []string{runID}}
	s.plan, s.log = measured(t, 40, true)
	results := t.TempDir()
	for _, name := range []string{"", runID, fleet.JobName(runID)} {
		s.deleted = nil
		args := append(newServer(t, s), "--output-dir", results, "-o", "json")
		if name != "" {
			args = append(args, name)
		}
		out, said, err := attach(t.Context(), args...)
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		var sum record.Summary
		if err := json.Unmarshal([]byte(out), &sum); err != nil {
			t.Fatal(err)
		}
		if sum.Partial || sum.RunID != runID || len(sum.Scenarios) == 0 || sum.Scenarios[0].Engines[0].Succeeded != 40 || len(sum.Environment.Workers) != 1 || !sum.Environment.Workers[0].Done {
			t.Errorf("partial %t, run %s, workers %+v", sum.Partial, sum.RunID, sum.Environment.Workers)
		}
		if len(s.deleted) != 2 {
			t.Errorf("removed: %q", s.deleted)
		}
	}
	folders, err := filepath.Glob(filepath.Join(results, "*-quick"))
	if err != nil || len(folders) != 1 {
		t.Fatalf("%q, %v", folders, err)
	}
	f, err := os.Open(filepath.Join(folders[0], "raw", "samples.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it is read
	kept := map[string]int{}
	if _, err := record.ReadSamples(f, func(s record.Sample) { kept[s.RequestID]++ }); err != nil || len(kept) != 40 || kept["r-0"] != 1 {
		t.Errorf("%d samples, r-0 %d times, %v", len(kept), kept["r-0"], err)
	}
}

// Ctrl-C leaves the workers as they are, and says how to come back.
func TestAnInterruptLeavesTheWorkers(t *testing.T) {
	s := &apiServer{runs: []string{runID}, running: true}
	s.plan, s.log = measured(t, 40, false)
	ctx, interrupt := context.WithCancel(t.Context())
	results := t.TempDir()
	args := append(newServer(t, s), "--output-dir", results)
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		for ctx.Err() == nil {
			files, _ := filepath.Glob(filepath.Join(results, "*-quick", "raw", "samples.jsonl")) //nolint:errcheck // the pattern is good
			if len(files) == 1 {
				if data, _ := os.ReadFile(files[0]); bytes.Count(data, []byte("\n")) >= 40 { //nolint:errcheck // read again
					interrupt()
				}
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	_, said, err := attach(ctx, args...)
	interrupt()
	<-stop
	if !errors.Is(err, cli.ErrInterrupted) || !strings.Contains(said, "kubectl llmbench attach "+runID+" -n team") || !strings.Contains(said, "cleanup") {
		t.Errorf("%v; said %s", err, said)
	}
	if len(s.deleted) > 0 {
		t.Errorf("removed: %q", s.deleted)
	}
}

// A run that is led is left to its caller.
func TestARunThatIsLedIsRefused(t *testing.T) {
	s := &apiServer{runs: []string{runID}, running: true, led: true}
	s.plan, s.log = measured(t, 40, false)
	results := t.TempDir()
	_, said, err := attach(t.Context(), append(newServer(t, s), "--output-dir", results)...)
	if !errors.Is(err, fleet.ErrLed) || !strings.Contains(err.Error(), "let it end") {
		t.Errorf("%v; said %s", err, said)
	}
	if made, err := os.ReadDir(results); len(made) > 0 || len(s.deleted) > 0 || err != nil {
		t.Errorf("made %v, removed %q, %v", made, s.deleted, err)
	}
}

func TestWhichRunIsNotClear(t *testing.T) {
	for name, k := range map[string]struct {
		runs, args []string
		says       string
		usage      bool
	}{
		"none":              {nil, nil, "no run has workers in namespace team", false},
		"several":           {[]string{"a", "b"}, nil, "name one of a, b", true},
		"one that is gone":  {[]string{"a"}, []string{"gone"}, "run gone has no workers in namespace team", false},
		"two":               {nil, []string{"a", "b"}, "takes one run", true},
		"an unknown output": {nil, []string{"-o", "xml"}, "xml", true},
		"a folder of none":  {nil, []string{"."}, "run", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := attach(t.Context(), append(newServer(t, &apiServer{runs: k.runs}), k.args...)...)
			var usage *cli.UsageError
			if err == nil || !strings.Contains(err.Error(), k.says) || errors.As(err, &usage) != k.usage {
				t.Errorf("%v, want %q", err, k.says)
			}
		})
	}
}
