package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCandidates(t *testing.T) {
	for _, test := range []struct {
		name string
		env  map[string]string
		want []string
	}{
		{"xdg", map[string]string{"XDG_CONFIG_HOME": "/x", "HOME": "/h"}, []string{systemFile, "/x/llmbench/config.yaml", localFile}},
		{"home", map[string]string{"HOME": "/h"}, []string{systemFile, "/h/.config/llmbench/config.yaml", localFile}},
		{"relative xdg", map[string]string{"XDG_CONFIG_HOME": "x", "HOME": "/h"}, []string{systemFile, "/h/.config/llmbench/config.yaml", localFile}},
		{"neither", nil, []string{systemFile, localFile}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Candidates(func(k string) string { return test.env[k] })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
