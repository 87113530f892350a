package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"
)

// published is where GitHub keeps the files of a release.
const published = "https://github.com/kubectl-llmbench/kubectl-llmbench/releases/download/"

// writeManifest renders plugins/krew.yaml as krew-release-bot does when a
// release is published: the one function of its templates names an archive by
// its address and its SHA-256.
// https://github.com/rajatjindal/krew-release-bot
func writeManifest(root, out, tag, base string, sums map[string]string) error {
	file := filepath.Join(root, "plugins", "krew.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the manifest's template: %w", err)
	}
	values := map[string]string{"TagName": tag}
	parsed, err := template.New("krew").Funcs(template.FuncMap{
		"addURIAndSha": func(address, tag string) (string, error) {
			return located(address, map[string]string{"TagName": tag}, base, sums)
		},
	}).Parse(string(text))
	if err != nil {
		return fmt.Errorf("parse %s: %w", file, err)
	}
	var manifest bytes.Buffer
	if err := parsed.Execute(&manifest, values); err != nil {
		return fmt.Errorf("render %s: %w", file, err)
	}
	if err := os.WriteFile(out, manifest.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	return nil
}

// located is the two lines of an archive; the address is a template too.
func located(address string, values map[string]string, base string, sums map[string]string) (string, error) {
	parsed, err := template.New("address").Parse(address)
	if err != nil {
		return "", fmt.Errorf("parse %q: %w", address, err)
	}
	var uri strings.Builder
	if err := parsed.Execute(&uri, values); err != nil {
		return "", fmt.Errorf("render %q: %w", address, err)
	}
	name := path.Base(uri.String())
	sum, ok := sums[name]
	if !ok || uri.String() != published+values["TagName"]+"/"+name {
		return "", fmt.Errorf("%s is no file of the release", uri.String())
	}
	if base != "" {
		return fmt.Sprintf("uri: %s/%s\n      sha256: %s", base, name, sum), nil
	}
	return fmt.Sprintf("uri: %s\n      sha256: %s", uri.String(), sum), nil
}
