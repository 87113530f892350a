package main

import (
	"fmt"
	"strings"
)

// repository is where the source of the product's image stands.
const repository = "https://github.com/kubectl-llmbench/kubectl-llmbench"

// release writes the product's own image, for each ARCH=PROGRAM of Linux, as
// an OCI layout in a tar archive.
func release(out, name, commit string, programs []string) error {
	image := image{name: name, entrypoint: []string{"/kubectl-llmbench"}, user: nobody, dir: "/tmp", labels: labels(name, commit)}
	roots, err := authorities()
	if err != nil {
		return err
	}
	var variants []variant
	for _, text := range programs {
		arch, path, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("program %q: want ARCH=PATH, as amd64=bin/kubectl-llmbench", text)
		}
		data, err := layer("kubectl-llmbench", path, around(roots)...)
		if err != nil {
			return err
		}
		variants = append(variants, variant{arch: arch, layer: data})
	}
	archive, err := layout(image, variants)
	if err != nil {
		return err
	}
	return write(out, archive)
}

// around is what stands beside the program: the authorities where Go's
// crypto/x509 looks for them first, and a /tmp that any user may write to, for
// OpenShift starts the image as a user that it chooses.
func around(roots []byte) []file {
	return []file{
		{name: "etc/", mode: 0o755},
		{name: "etc/ssl/", mode: 0o755},
		{name: "etc/ssl/certs/", mode: 0o755},
		{name: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, data: roots},
		{name: "tmp/", mode: 0o1777},
	}
}

// labels say what the image is, by the names of
// https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md
func labels(name, commit string) map[string]string {
	_, version, _ := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ":")
	return map[string]string{
		"org.opencontainers.image.title":    "kubectl-llmbench",
		"org.opencontainers.image.source":   repository,
		"org.opencontainers.image.licenses": "Apache-2.0",
		"org.opencontainers.image.version":  version,
		"org.opencontainers.image.revision": commit,
	}
}
