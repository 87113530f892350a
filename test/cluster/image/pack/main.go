// Command pack writes the rig's container images into one archive, which
// `ctr images import` takes. It needs no registry, builder or base image: each
// program is static, and a layer holds nothing else.
//
// Usage: pack OUT.tar KUBECTL-LLMBENCH ENGINE PAUSE
package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
)

func main() {
	if len(os.Args) != 5 {
		fail(fmt.Errorf("usage: pack OUT.tar KUBECTL-LLMBENCH ENGINE PAUSE"))
	}
	images, err := images(os.Args[2], os.Args[3], os.Args[4])
	if err != nil {
		fail(err)
	}
	archive, err := pack(images)
	if err != nil {
		fail(err)
	}
	if err := os.WriteFile(os.Args[1], archive, 0o600); err != nil {
		fail(fmt.Errorf("write the images: %w", err))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// pack is a docker-save archive: layers and configurations as files, and
// manifest.json, which says which of them make up an image.
// https://github.com/moby/moby/blob/v25.0.0/image/spec/v1.2.md
func pack(images []image) ([]byte, error) {
	type manifest struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	var files []file
	var manifests []manifest
	written := map[string]bool{}
	for _, img := range images {
		m := manifest{RepoTags: []string{img.name}}
		var digests []string
		for _, layer := range img.layers {
			digest := fmt.Sprintf("%x", sha256.Sum256(layer))
			digests = append(digests, "sha256:"+digest)
			m.Layers = append(m.Layers, digest+".tar")
			if !written[digest] {
				written[digest] = true
				files = append(files, file{name: digest + ".tar", mode: 0o644, data: layer})
			}
		}
		config, err := img.config(digests)
		if err != nil {
			return nil, err
		}
		m.Config = fmt.Sprintf("%x.json", sha256.Sum256(config))
		files = append(files, file{name: m.Config, mode: 0o644, data: config})
		manifests = append(manifests, m)
	}
	index, err := json.Marshal(manifests)
	if err != nil {
		return nil, fmt.Errorf("encode the manifest: %w", err)
	}
	return archive(append(files, file{name: "manifest.json", mode: 0o644, data: index})...)
}

// config is an image's configuration, which names its layers by the digest of
// their content. https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md
func (img image) config(layers []string) ([]byte, error) {
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH,
		"os":           "linux",
		"config":       map[string]any{"Entrypoint": img.entrypoint, "Env": img.env, "User": img.user},
		"rootfs":       map[string]any{"type": "layers", "diff_ids": layers},
	})
	if err != nil {
		return nil, fmt.Errorf("encode the configuration of %q: %w", img.name, err)
	}
	return config, nil
}

// file is an entry of a tar archive: a link where link is set, a directory where
// the name ends in a slash.
type file struct {
	name string
	mode int64
	data []byte
	link string
}

func (f file) header() *tar.Header {
	h := &tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.data)), Typeflag: tar.TypeReg}
	switch {
	case f.link != "":
		h.Typeflag, h.Linkname = tar.TypeSymlink, f.link
	case f.name[len(f.name)-1] == '/':
		h.Typeflag = tar.TypeDir
	}
	return h
}

func archive(files ...file) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range files {
		if err := w.WriteHeader(f.header()); err != nil {
			return nil, fmt.Errorf("archive %q: %w", f.name, err)
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, fmt.Errorf("archive %q: %w", f.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("end the archive: %w", err)
	}
	return out.Bytes(), nil
}
