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
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// pack writes the archive of each platform into out, and returns the SHA-256 of
// each by its name.
func pack(root, programs, out string, at time.Time) (map[string]string, error) {
	sums := map[string]string{}
	for _, p := range platforms {
		entries, err := contents(root, programs, p)
		if err != nil {
			return nil, err
		}
		var data bytes.Buffer
		if p.os == "windows" {
			err = zipped(&data, entries, at)
		} else {
			err = tarred(&data, entries, at)
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", p.archive(), err)
		}
		if err := os.WriteFile(filepath.Join(out, p.archive()), data.Bytes(), 0o600); err != nil {
			return nil, fmt.Errorf("write an archive: %w", err)
		}
		sums[p.archive()] = fmt.Sprintf("%x", sha256.Sum256(data.Bytes()))
	}
	return sums, nil
}

func tarred(w io.Writer, entries []entry, at time.Time) error {
	packed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	out := tar.NewWriter(packed)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: int64(e.mode), Size: int64(len(e.data)), ModTime: at, Uname: "root", Gname: "root", Typeflag: tar.TypeReg}
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		if _, err := out.Write(e.data); err != nil {
			return err
		}
	}
	return errors.Join(out.Close(), packed.Close())
}

func zipped(w io.Writer, entries []entry, at time.Time) error {
	out := zip.NewWriter(w)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: at}
		h.SetMode(e.mode)
		f, err := out.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := f.Write(e.data); err != nil {
			return err
		}
	}
	return out.Close()
}

// writeSums writes what `sha256sum --check` reads.
func writeSums(path string, sums map[string]string) error {
	var lines []string
	for name, sum := range sums {
		lines = append(lines, sum+"  "+name+"\n")
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[66:], b[66:]) })
	if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
		return fmt.Errorf("write the checksums: %w", err)
	}
	return nil
}
