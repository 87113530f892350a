package main

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	registry "github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

const ref = "ghcr.io/kubectl-llmbench/kubectl-llmbench:v1.2.3"

// released writes the image of two programs and returns the archive.
func released(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var programs []string
	for _, arch := range []string{"amd64", "arm64"} {
		path := filepath.Join(dir, arch)
		if err := os.WriteFile(path, []byte("the program for "+arch), 0o600); err != nil {
			t.Fatal(err)
		}
		programs = append(programs, arch+"="+path)
	}
	out := filepath.Join(dir, "image.tar")
	if err := run(append([]string{"release", out, ref, "0123456789ab"}, programs...)); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTwoBuildsAreTheSame(t *testing.T) {
	first, err := os.ReadFile(released(t))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(released(t))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("two builds of the same programs differ")
	}
}

// TestTheImageIsAValidLayoutForBothPlatforms holds the archive to what a
// registry's client makes of it: every digest, size and diff ID is right.
func TestTheImageIsAValidLayoutForBothPlatforms(t *testing.T) {
	path, err := registry.FromPath(unpacked(t, released(t)))
	if err != nil {
		t.Fatal(err)
	}
	top, err := path.ImageIndex()
	if err != nil {
		t.Fatal(err)
	}
	names, err := top.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	if len(names.Manifests) != 1 || names.Manifests[0].Annotations["org.opencontainers.image.ref.name"] != ref {
		t.Fatalf("index.json names %+v, want %s alone", names.Manifests, ref)
	}
	images, err := top.ImageIndex(names.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(images); err != nil {
		t.Fatal(err)
	}
	manifest, err := images.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	var platforms []string
	for _, m := range manifest.Manifests {
		platforms = append(platforms, m.Platform.String())
		image, err := images.Image(m.Digest)
		if err != nil {
			t.Fatal(err)
		}
		checkImage(t, image, m.Platform.Architecture)
	}
	if len(platforms) != 2 || platforms[0] != "linux/amd64" || platforms[1] != "linux/arm64" {
		t.Errorf("platforms %q", platforms)
	}
}

func checkImage(t *testing.T, image v1.Image, arch string) {
	t.Helper()
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	c := config.Config
	if config.Architecture != arch || config.OS != "linux" || c.User != "65532:65532" || c.WorkingDir != "/tmp" ||
		len(c.Entrypoint) != 1 || c.Entrypoint[0] != "/kubectl-llmbench" ||
		c.Labels["org.opencontainers.image.version"] != "v1.2.3" || c.Labels["org.opencontainers.image.revision"] != "0123456789ab" {
		t.Errorf("%s: configuration %+v", arch, config)
	}
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	if len(layers) != 1 {
		t.Fatalf("%s: %d layers", arch, len(layers))
	}
	content, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close() //nolint:errcheck // it was read
	files := map[string]*tar.Header{}
	r := tar.NewReader(content)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = h
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		switch h.Name {
		case "kubectl-llmbench":
			if string(data) != "the program for "+arch || h.Mode != 0o755 {
				t.Errorf("%s: program %q, mode %o", arch, data, h.Mode)
			}
		case "etc/ssl/certs/ca-certificates.crt":
			checkAuthorities(t, data)
		}
	}
	if tmp := files["tmp/"]; tmp == nil || tmp.Mode != 0o1777 {
		t.Errorf("%s: /tmp is %+v: any user must be able to write there", arch, tmp)
	}
	if len(files) != 6 {
		t.Errorf("%s: the layer holds %d entries, want the program, /tmp and the authorities alone", arch, len(files))
	}
}

// checkAuthorities wants a bundle that Go reads whole, and that holds one of
// the authorities which the most sites go back to.
func checkAuthorities(t *testing.T, data []byte) {
	t.Helper()
	found := false
	count := 0
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		found = found || c.Subject.CommonName == "ISRG Root X1"
		count++
	}
	if count < 50 || !found {
		t.Errorf("%d authorities, ISRG Root X1 among them: %v", count, found)
	}
}

func unpacked(t *testing.T, archive string) string {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dir := t.TempDir()
	r := tar.NewReader(f)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name)) //nolint:gosec // our own archive
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o750)
		} else {
			var data []byte
			if data, err = io.ReadAll(r); err == nil {
				err = os.WriteFile(path, data, 0o600)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAWrongProgramIsRefused(t *testing.T) {
	if err := run([]string{"release", filepath.Join(t.TempDir(), "x.tar"), ref, "c", "amd64"}); err == nil {
		t.Error("a program without its architecture was taken")
	}
}
