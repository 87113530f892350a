package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// The media types of https://github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md
const (
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// variant is an image for one architecture of Linux.
type variant struct {
	arch  string
	layer []byte
}

// descriptor names a blob. https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    *platform         `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

type index struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Manifests     []descriptor `json:"manifests"`
}

type manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	Config        descriptor        `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

// blobs are the files of a layout, in the order in which they were added.
type blobs struct{ files []file }

func (b *blobs) add(mediaType string, data []byte) descriptor {
	digest := fmt.Sprintf("%x", sha256.Sum256(data))
	b.files = append(b.files, file{name: "blobs/sha256/" + digest, mode: 0o644, data: data})
	return descriptor{MediaType: mediaType, Digest: "sha256:" + digest, Size: len(data)}
}

func (b *blobs) addJSON(mediaType string, v any) (descriptor, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return descriptor{}, fmt.Errorf("encode %s: %w", mediaType, err)
	}
	return b.add(mediaType, data), nil
}

// layout is an OCI image layout: index.json names one index, and that the
// image of each architecture. The same input gives the same bytes.
// https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
func layout(img image, variants []variant) ([]byte, error) {
	var b blobs
	all := index{SchemaVersion: 2, MediaType: typeIndex}
	for _, v := range variants {
		d, err := b.image(img, v)
		if err != nil {
			return nil, err
		}
		all.Manifests = append(all.Manifests, d)
	}
	d, err := b.addJSON(typeIndex, all)
	if err != nil {
		return nil, err
	}
	d.Annotations = map[string]string{
		"io.containerd.image.name":          img.name, // the name that ctr gives it
		"org.opencontainers.image.ref.name": img.name,
	}
	top, err := json.Marshal(index{SchemaVersion: 2, MediaType: typeIndex, Manifests: []descriptor{d}})
	if err != nil {
		return nil, fmt.Errorf("encode index.json: %w", err)
	}
	return archive(append([]file{
		{name: "oci-layout", mode: 0o644, data: []byte(`{"imageLayoutVersion":"1.0.0"}`)},
		{name: "index.json", mode: 0o644, data: top},
		{name: "blobs/", mode: 0o755},
		{name: "blobs/sha256/", mode: 0o755},
	}, b.files...)...)
}

// image adds the layer, configuration and manifest of one architecture.
func (b *blobs) image(img image, v variant) (descriptor, error) {
	packed, err := compress(v.layer)
	if err != nil {
		return descriptor{}, err
	}
	m := manifest{SchemaVersion: 2, MediaType: typeManifest, Annotations: img.labels}
	m.Layers = []descriptor{b.add(typeLayer, packed)}
	// The configuration names a layer by what it is when it is unpacked.
	config, err := img.config(v.arch, []string{fmt.Sprintf("sha256:%x", sha256.Sum256(v.layer))})
	if err != nil {
		return descriptor{}, err
	}
	m.Config = b.add(typeConfig, config)
	d, err := b.addJSON(typeManifest, m)
	d.Platform = &platform{Architecture: v.arch, OS: "linux"}
	return d, err
}

// compress leaves out the time and name of the file, as gzip does where they
// are not set.
func compress(data []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compress a layer: %w", err)
	}
	if _, err := w.Write(data); err != nil {
		return nil, fmt.Errorf("compress a layer: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress a layer: %w", err)
	}
	return out.Bytes(), nil
}
