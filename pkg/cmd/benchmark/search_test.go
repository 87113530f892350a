package benchmark

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func found(name, kind, service, url string) discover.Found {
	f := discover.Found{Way: discover.Way{Via: "route", URL: url}}
	f.Engine, f.Kind, f.Namespace, f.Name, f.URL, f.Via = name, kind, "team", service, url, "route"
	f.Info = record.EngineInfo{Image: service + ":v1", Replicas: 2}
	if url == "" {
		f.Way, f.Via, f.Reason = discover.Way{}, "", "no ready pod"
	}
	return f
}

// searched are options whose search found some engines.
func searched(engines ...discover.Found) (*Options, fmt.Stringer) {
	o, out := options("quick", nil, nil)
	o.seen = &cluster.Found{Namespace: "team", Result: discover.Result{Engines: engines}}
	return o, out
}

func TestFoundEnginesAreMeasuredUnlessTheyAreNamedByURL(t *testing.T) {
	o, out := searched(found("vllm", "vllm", "big", "http://big"), found("tgi", "tgi", "tgi", "http://tgi"), found("ollama", "ollama", "ollama", ""))
	o.engines = []endpoint{{name: "vllm", kind: engine.VLLM, url: "http://mine", via: viaManual}}
	wanted, err := o.wanted()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.take(wanted); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range o.engines {
		got = append(got, e.name+" "+e.via+" "+e.url)
	}
	if diff := cmp.Diff([]string{"vllm manual http://mine", "tgi route http://tgi"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(o.unreached) != 1 || o.unreached[0].Engine != "ollama" {
		t.Errorf("left out: %+v", o.unreached)
	}
	for _, text := range []string{"tgi: team/tgi by route, http://tgi", "ollama: team/ollama is left out: no ready pod"} {
		if !strings.Contains(out.String(), text) {
			t.Errorf("%q is not said in %q", text, out.String())
		}
	}
	if info := o.engines[1].info(); info.Image != "tgi:v1" || info.Endpoint != "http://tgi" || info.Via != "route" || info.Engine != "tgi" {
		t.Errorf("of the cluster nothing is kept: %+v", info)
	}
}

func TestServicesChoosesAmongBoth(t *testing.T) {
	for _, tt := range []struct {
		services []string
		want     []string
		fault    string
	}{
		{nil, []string{"vllm", "tgi", "ollama"}, ""},
		{[]string{"vllm"}, []string{"vllm"}, ""},
		{[]string{"ollama", "vllm"}, []string{"vllm", "ollama"}, ""},
		{[]string{"tgi-chat=team/tgi"}, []string{"tgi-chat"}, ""},
		{[]string{"openai"}, nil, "openai"},
	} {
		o, _ := searched(found("tgi", "tgi", "tgi", "http://tgi"), found("ollama", "ollama", "ollama", "http://ollama"))
		o.Services = tt.services
		o.engines = []endpoint{{name: "vllm", kind: engine.VLLM, url: "http://mine", via: viaManual}}
		wanted, err := o.wanted()
		if tt.fault != "" {
			var usage *cli.UsageError
			if !errors.As(err, &usage) || !strings.Contains(err.Error(), tt.fault) {
				t.Errorf("%v: %v", tt.services, err)
			}
			continue
		}
		if err == nil {
			err = o.take(wanted)
		}
		var got []string
		for _, e := range o.engines {
			got = append(got, e.name)
		}
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%v: %v (-want +got):\n%s", tt.services, err, diff)
		}
	}
}

func TestNothingToMeasureIsAnErrorThatSaysWhatToDo(t *testing.T) {
	for name, tt := range map[string]struct {
		found []discover.Found
		want  []string
	}{
		"nothing found":     {nil, []string{"none was found in namespace team", "-A", "--url", "--simulate"}},
		"nothing reachable": {[]discover.Found{found("vllm", "vllm", "vllm", "")}, []string{"vllm (no ready pod)", "--url", "--simulate"}},
	} {
		o, _ := searched(tt.found...)
		err := o.take(tt.found)
		var usage *cli.UsageError
		if err == nil || errors.As(err, &usage) {
			t.Errorf("%s: %v is no error of a run", name, err)
			continue
		}
		for _, text := range tt.want {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%s: %q does not say %q", name, err, text)
			}
		}
	}
}

func TestARunWithoutSomeOfTheFoundEnginesIsNotWhole(t *testing.T) {
	o, _ := searched(found("vllm", "vllm", "vllm", "http://vllm"), found("tgi", "tgi", "tgi", ""))
	o.seen.Skipped = []record.Skipped{{Source: "routes", Reason: "forbidden; asked for list", Forbidden: true}, {Source: "httproutes", Reason: "no such API"}}
	if err := o.take(o.seen.Engines); err != nil {
		t.Fatal(err)
	}
	o.engines[0].found.Findings = []record.Finding{{ID: "route-timeout"}}
	var ids []string
	for _, f := range o.searchFindings() {
		ids = append(ids, f.ID)
	}
	if diff := cmp.Diff([]string{"engine-unreachable", "route-timeout", "not-seen"}, ids); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	run := record.Run{Plan: record.Plan{Engines: []record.EngineInfo{{Engine: "vllm"}}}}
	sum := record.Summary{Scenarios: []record.ScenarioResult{{Engines: []record.EngineResult{{Engine: "vllm", Succeeded: 1}}}}}
	if err := o.unmeasured(run, sum); err == nil || !strings.Contains(err.Error(), "1 of 2 engines gave no result: tgi") {
		t.Errorf("%v", err)
	}
}

func TestAClusterThatCannotBeUsedIsNotTheEnd(t *testing.T) {
	for _, known := range []error{kube.ErrNoCluster, kube.ErrUnreachable, kube.ErrCredentials} {
		err := withoutCluster(fmt.Errorf("here: %w", known))
		if !errors.Is(err, known) || !strings.Contains(err.Error(), "--url") || !strings.Contains(err.Error(), "--simulate") {
			t.Errorf("%v", err)
		}
	}
	if err := withoutCluster(kube.ErrContext); strings.Contains(err.Error(), "--url") {
		t.Errorf("a wrong context is the flag's fault: %v", err)
	}
}
