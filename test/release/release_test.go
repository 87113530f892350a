package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

const (
	root = "../.."
	tag  = "v1.2.3"
)

// programs makes the folder of `make cross`, with a few bytes for a program.
// Where genuine is set this machine's is the real one; nothing here runs another.
func programs(t *testing.T, genuine bool) string {
	t.Helper()
	dir := t.TempDir()
	for _, p := range platforms {
		data := []byte("the program for " + p.os + " on " + p.arch)
		if genuine && p == (platform{runtime.GOOS, runtime.GOARCH}) {
			var err error
			if data, err = os.ReadFile(filepath.Join(root, "bin", p.executable())); err != nil {
				t.Fatalf("%v: run make build first", err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, p.program()), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// released packs a release whose archives lie below base.
func released(t *testing.T, base string, genuine bool) string {
	t.Helper()
	out := t.TempDir()
	err := run([]string{"--root", root, "--programs", programs(t, genuine), "--out", out, "--tag", tag, "--time", "1700000000", "--base", base})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTwoReleasesAreTheSame(t *testing.T) {
	first, second := released(t, "", false), released(t, "", false)
	files, err := os.ReadDir(first)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(platforms)+2 {
		t.Errorf("%d files, want the archives, their checksums and the manifest", len(files))
	}
	for _, f := range files {
		if !bytes.Equal(read(t, first, f.Name()), read(t, second, f.Name())) {
			t.Errorf("%s differs from one build to the next", f.Name())
		}
	}
}

func TestChecksumsAreThoseOfTheArchives(t *testing.T) {
	out := released(t, "", false)
	var want strings.Builder
	for _, p := range platforms {
		fmt.Fprintf(&want, "%x  %s\n", sha256.Sum256(read(t, out, p.archive())), p.archive())
	}
	if diff := cmp.Diff(want.String(), string(read(t, out, "checksums.txt"))); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// inArchive lists the files of an archive with their modes.
func inArchive(t *testing.T, name string, data []byte) (files []string) {
	t.Helper()
	if strings.HasSuffix(name, ".zip") {
		r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			files = append(files, fmt.Sprintf("%o %s", f.Mode(), f.Name))
		}
		return files
	}
	packed, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(packed); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, fmt.Sprintf("%o %s", h.Mode, h.Name))
	}
}

func TestFilesOfEachArchive(t *testing.T) {
	out := released(t, "", false)
	for _, p := range platforms {
		want := []string{"755 kubectl-llmbench", "755 kubectl_complete-llmbench"}
		if p.os == "windows" {
			want = []string{"755 kubectl-llmbench.exe", "755 kubectl_complete-llmbench.cmd"}
		}
		want = append(want, "644 LICENSE", "644 README.md", "644 licenses/echarts/LICENSE", "644 licenses/echarts/LICENSE-d3", "644 licenses/echarts/NOTICE")
		if diff := cmp.Diff(want, inArchive(t, p.archive(), read(t, out, p.archive()))); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", p.archive(), diff)
		}
	}
}

// TestGoreleaserDescribesTheSameArchives holds the two descriptions of a
// release to each other.
func TestGoreleaserDescribesTheSameArchives(t *testing.T) {
	var config struct {
		Builds []struct {
			Binary, Main             string
			Goos, Goarch, Flags, Env []string
		}
		Archives []struct {
			NameTemplate string `json:"name_template"`
			Files        []struct {
				Src, Dst string
			}
		}
	}
	if err := yaml.Unmarshal(read(t, root, ".goreleaser.yaml"), &config); err != nil {
		t.Fatal(err)
	}
	build, archive := config.Builds[0], config.Archives[0]
	var described []platform
	for _, os := range build.Goos {
		for _, arch := range build.Goarch {
			described = append(described, platform{os, arch})
		}
	}
	if !slices.Equal(described, platforms) {
		t.Errorf("it builds for %v, want %v", described, platforms)
	}
	name := strings.NewReplacer("{{ .Os }}", "linux", "{{ .Arch }}", "arm64").Replace(archive.NameTemplate)
	if want := (platform{"linux", "arm64"}).archive(); name+".tar.gz" != want {
		t.Errorf("its archive is %s.tar.gz, want %s", name, want)
	}
	if !slices.Contains(build.Flags, "-trimpath") || !slices.Contains(build.Env, "CGO_ENABLED=0") {
		t.Errorf("flags %q, environment %q", build.Flags, build.Env)
	}
	var files []string
	for _, f := range archive.Files[1:] { // the first is the shim, by a template
		files = append(files, filepath.ToSlash(filepath.Join(f.Dst, filepath.Base(f.Src))))
	}
	entries, err := contents(root, programs(t, false), platforms[0])
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, e := range entries[2:] {
		want = append(want, e.name)
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("its files: want -, got +:\n%s", diff)
	}
}

func TestTheManifestNamesEachArchive(t *testing.T) {
	out := released(t, "", false)
	var manifest struct {
		Spec struct {
			Version   string
			Platforms []struct {
				Selector         struct{ MatchLabels map[string]string }
				URI, Sha256, Bin string
			}
		}
	}
	if err := yaml.Unmarshal(read(t, out, "llmbench.yaml"), &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Spec.Version != tag || len(manifest.Spec.Platforms) != len(platforms) {
		t.Fatalf("version %q, %d platforms", manifest.Spec.Version, len(manifest.Spec.Platforms))
	}
	for i, p := range manifest.Spec.Platforms {
		want := platforms[i]
		if p.Selector.MatchLabels["os"] != want.os || p.Selector.MatchLabels["arch"] != want.arch || p.Bin != want.executable() ||
			p.URI != published+tag+"/"+want.archive() || p.Sha256 != fmt.Sprintf("%x", sha256.Sum256(read(t, out, want.archive()))) {
			t.Errorf("platform %d: %+v, want %+v", i, p, want)
		}
	}
}

func TestAnArchiveThatThereIsNotIsRefused(t *testing.T) {
	for _, address := range []string{
		published + "{{ .TagName }}/kubectl-llmbench_plan9_amd64.tar.gz",
		"https://example.com/{{ .TagName }}/known.tar.gz",
	} {
		if _, err := located(address, map[string]string{"TagName": tag}, "", map[string]string{"known.tar.gz": "sum"}); err == nil {
			t.Errorf("%s was taken", address)
		}
	}
}

// tool builds a program that this module's go.mod pins.
func tool(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.Base(name))
	if out, err := exec.Command("go", "build", "-o", path, name).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return path
}

// kubectl is the one of this machine, or that of the rig.
func kubectl(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("kubectl"); err == nil {
		return path
	}
	cache := os.Getenv("LLMBENCH_RIG_CACHE")
	if cache == "" {
		cache = filepath.Join(os.Getenv("HOME"), ".cache", "kubectl-llmbench", "rig")
	}
	if found, _ := filepath.Glob(filepath.Join(cache, "*", "kubectl")); len(found) > 0 {
		return found[0]
	}
	t.Fatal("no kubectl on the PATH, nor in the cache of the rig: run make cluster-up once")
	return ""
}

// TestKrewInstallsIt has krew's own validator install the plugin for every
// platform from a server, as the index's reviewers do, and then krew itself
// from the local archive, as without a network; kubectl runs what is there.
func TestKrewInstallsIt(t *testing.T) {
	var dir string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(dir, filepath.Base(r.URL.Path)))
	}))
	defer s.Close()
	dir = released(t, s.URL, true)
	bin := t.TempDir()
	if err := os.Rename(tool(t, bin, "sigs.k8s.io/krew/cmd/krew"), filepath.Join(bin, "kubectl-krew")); err != nil {
		t.Fatal(err)
	}
	validator := tool(t, bin, "sigs.k8s.io/krew/cmd/validate-krew-manifest")
	if err := os.Symlink(kubectl(t), filepath.Join(bin, "kubectl")); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	krew := filepath.Join(home, "krew")
	path := strings.Join([]string{filepath.Join(krew, "bin"), bin, os.Getenv("PATH")}, string(os.PathListSeparator))
	t.Setenv("PATH", path)
	call := func(name string, args ...string) string {
		t.Helper()
		c := exec.Command(name, args...)
		c.Env = append(os.Environ(), "HOME="+home, "KREW_ROOT="+krew)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	manifest := filepath.Join(dir, "llmbench.yaml")
	if out := call(validator, "-manifest", manifest); !strings.Contains(out, "all 6 spec.platforms installed fine") {
		t.Errorf("the validator says:\n%s", out)
	}
	s.Close() // what follows has the archive alone
	here := platform{runtime.GOOS, runtime.GOARCH}
	call(filepath.Join(bin, "kubectl"), "krew", "install", "--manifest", manifest, "--archive", filepath.Join(dir, here.archive()))
	if out := call(filepath.Join(bin, "kubectl"), "llmbench", "version"); !strings.HasPrefix(out, "kubectl-llmbench ") {
		t.Errorf("kubectl llmbench version: %s", out)
	}
	shim := filepath.Join(krew, "bin", here.shim())
	if err := os.WriteFile(shim, []byte(call(filepath.Join(bin, "kubectl"), "llmbench", "completion", "kubectl")), 0o700); err != nil {
		t.Fatal(err)
	}
	if out := call(filepath.Join(bin, "kubectl"), "__complete", "llmbench", "quick", "--via", ""); !strings.Contains(out, "port-forward\n") {
		t.Errorf("kubectl completes it with:\n%s", out)
	}
}
