package charts

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

const (
	library = "../../helm/common"
	version = "0.1.0"
)

// engines are the charts that use the library.
var engines = []string{"vllm", "tgi", "ollama"}

// A checkout has to render without `helm dependency build`, so that each chart
// holds the library as Helm packs it.
func TestEachChartHoldsTheLibrary(t *testing.T) {
	packed := pack(t, os.DirFS(library))
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			golden.Check(t, path.Join("../../helm", engine, "charts", "common-"+version+".tgz"), packed)
		})
	}
}

// pack makes the archive that Helm reads a chart from. It does not compress, and
// leaves out times and owners, so that the same sources give the same bytes with
// every version of Go.
func pack(t *testing.T, chart fs.FS) []byte {
	t.Helper()
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewWriter(zip)
	err = fs.WalkDir(chart, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(chart, name)
		if err != nil {
			return err
		}
		if err := archive.WriteHeader(&tar.Header{Name: path.Join("common", name), Mode: 0o644, Size: int64(len(data))}); err != nil {
			return err
		}
		_, err = archive.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
