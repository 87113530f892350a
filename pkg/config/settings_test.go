package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestSettingsNameValueAndOrigin(t *testing.T) {
	l := load(t, src("f.yaml", "services:\n  manual_urls:\n    tgi: http://b\ntest_scenarios:\n  ttft:\n    enabled: false\n  load_tests:\n  - name: a\n    concurrent_users: 1\n    duration_seconds: 1.5\n"))
	got := map[string]Setting{}
	for _, s := range l.Settings() {
		got[s.Path] = s
	}
	for _, want := range []Setting{
		{"services.manual_urls.tgi", `"http://b"`, "f.yaml:3"},
		{"test_scenarios.ttft.enabled", "false", "f.yaml:6"},
		{"test_scenarios.load_tests[0].duration_seconds", "1.5", "f.yaml:10"},
		{"test_scenarios.load_tests[0].rounds", "1", ""},
		{"output.formats", "[json, csv, html]", l.Origins["output.formats"]},
	} {
		if diff := cmp.Diff(want, got[want.Path]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if s, there := got["slo.ttft_ms"]; there {
		t.Errorf("an absent limit is listed: %+v", s)
	}
}

func TestYAMLLoadsBackToTheSame(t *testing.T) {
	each(t, "testdata/good/*.yaml", func(t *testing.T, _ string, data []byte) {
		roundTrip(t, load(t, Source{Name: "f", Data: data}).Config)
	})
}

func roundTrip(t *testing.T, c Config) {
	t.Helper()
	data, err := c.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Load([]Source{{Name: "again", Data: data}}, "")
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if diff := cmp.Diff(c, again.Config, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-before +after):\n%s\n%s", diff, data)
	}
}
