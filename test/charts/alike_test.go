package charts

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// own are the values in which an engine differs from the others by nature.
var own = []string{"image", "model", "engine"}

// lacking are the values that an engine has no use for.
var lacking = map[string][]string{"ollama": {"huggingFace", "sharedMemory", "serviceMonitor"}}

// read reads a file of a chart.
func read(t *testing.T, engine, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "helm", engine, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// values are the defaults of a chart.
func values(t *testing.T, engine string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := yaml.UnmarshalWithOptions(read(t, engine, "values.yaml"), &v, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return v
}

// schema are the properties of a chart's values.
func schema(t *testing.T, engine string) map[string]any {
	t.Helper()
	var s struct {
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(read(t, engine, "values.schema.json"), &s); err != nil {
		t.Fatal(err)
	}
	return s.Properties
}

// shared is what of vllm's values another chart has to have, too.
func shared(all map[string]any, engine string) map[string]any {
	rest := maps.Clone(all)
	for _, key := range append(lacking[engine], own...) {
		delete(rest, key)
	}
	return rest
}

// What differs between the engines by accident would be measured as a difference
// between them.
func TestTheEnginesAreSetUpAlike(t *testing.T) {
	for _, engine := range engines[1:] {
		t.Run(engine, func(t *testing.T) {
			want, got := shared(values(t, "vllm"), engine), shared(values(t, engine), "vllm")
			for _, v := range []map[string]any{want, got} {
				delete(v["antiAffinity"].(map[string]any), "engines")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("values (-vllm +%s):\n%s", engine, diff)
			}
			if diff := cmp.Diff(shared(schema(t, "vllm"), engine), shared(schema(t, engine), "vllm")); diff != "" {
				t.Errorf("schema (-vllm +%s):\n%s", engine, diff)
			}
		})
	}
}

func TestEachEngineKeepsAwayFromTheOthers(t *testing.T) {
	for _, engine := range engines {
		var want []any
		for _, other := range engines {
			if other != engine {
				want = append(want, other)
			}
		}
		got := values(t, engine)["antiAffinity"].(map[string]any)["engines"]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", engine, diff)
		}
	}
}

// The settings that decide how fast an engine is go by other names in each.
func TestTheLoadThatEnginesTakeIsTheSame(t *testing.T) {
	limits := func(engine, sequences string) []any {
		settings := values(t, engine)["engine"].(map[string]any)
		return []any{settings["maxModelLen"], settings[sequences]}
	}
	want := limits("vllm", "maxNumSeqs")
	if want[0] == nil || want[1] == nil {
		t.Fatalf("vllm says %v", want)
	}
	if diff := cmp.Diff(want, limits("tgi", "maxNumSeqs")); diff != "" {
		t.Errorf("tgi (-vllm +tgi):\n%s", diff)
	}
	if diff := cmp.Diff(want, limits("ollama", "numParallel")); diff != "" {
		t.Errorf("ollama (-vllm +ollama):\n%s", diff)
	}
	models := []any{values(t, "vllm")["model"], values(t, "tgi")["model"]}
	if diff := cmp.Diff(models[0], models[1]); diff != "" {
		t.Errorf("model (-vllm +tgi):\n%s", diff)
	}
}
