// Command pack writes container images into one archive, which
// `ctr images import` takes: those of the rig, or with `release` the product's
// own for every platform it is published for. It needs no registry, builder,
// daemon or base image: each program is static, and a layer holds little else.
//
// Usage:
//
//	pack OUT.tar KUBECTL-LLMBENCH ENGINE PAUSE
//	pack release OUT.tar NAME:VERSION COMMIT ARCH=KUBECTL-LLMBENCH...
package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) >= 5 && args[0] == "release" {
		return release(args[1], args[2], args[3], args[4:])
	}
	if len(args) != 4 {
		return errors.New("usage: pack OUT.tar KUBECTL-LLMBENCH ENGINE PAUSE, or pack release OUT.tar NAME:VERSION COMMIT ARCH=KUBECTL-LLMBENCH [more of them]")
	}
	images, err := images(args[1], args[2], args[3])
	if err != nil {
		return err
	}
	archive, err := pack(images)
	if err != nil {
		return err
	}
	return write(args[0], archive)
}

func write(path string, archive []byte) error {
	if err := os.WriteFile(path, archive, 0o600); err != nil {
		return fmt.Errorf("write the images: %w", err)
	}
	return nil
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
		config, err := img.config(runtime.GOARCH, digests)
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
func (img image) config(arch string, layers []string) ([]byte, error) {
	run := map[string]any{"Entrypoint": img.entrypoint, "Env": img.env, "User": img.user}
	if img.dir != "" {
		run["WorkingDir"] = img.dir
	}
	if img.labels != nil {
		run["Labels"] = img.labels
	}
	config, err := json.Marshal(map[string]any{
		"architecture": arch,
		"os":           "linux",
		"config":       run,
		"rootfs":       map[string]any{"type": "layers", "diff_ids": layers},
	})
	if err != nil {
		return nil, fmt.Errorf("encode the configuration of %q: %w", img.name, err)
	}
	return config, nil
}
