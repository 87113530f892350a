package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// platform is a system and processor that a release is made for.
type platform struct{ os, arch string }

var platforms = []platform{
	{"darwin", "amd64"},
	{"darwin", "arm64"},
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"windows", "amd64"},
	{"windows", "arm64"},
}

// archive is the name of the platform's archive. It bears no version, so that
// the newest release's can be linked.
func (p platform) archive() string {
	ending := ".tar.gz"
	if p.os == "windows" {
		ending = ".zip"
	}
	return fmt.Sprintf("kubectl-llmbench_%s_%s%s", p.os, p.arch, ending)
}

// program is the name of the platform's program in the folder of `make cross`,
// and executable in its archive.
func (p platform) program() string {
	return fmt.Sprintf("kubectl-llmbench-%s-%s%s", p.os, p.arch, p.suffix())
}

func (p platform) executable() string { return "kubectl-llmbench" + p.suffix() }

func (p platform) suffix() string {
	if p.os == "windows" {
		return ".exe"
	}
	return ""
}

// shim is what kubectl runs to complete the plugin.
func (p platform) shim() string {
	if p.os == "windows" {
		return "kubectl_complete-llmbench.cmd"
	}
	return "kubectl_complete-llmbench"
}

// entry is a file of an archive.
type entry struct {
	name string
	mode os.FileMode
	data []byte
}

// licenses are those of what is compiled in from another's source text.
var licenses = []string{"LICENSE", "LICENSE-d3", "NOTICE"}

// contents are the files of a platform's archive, in their order there.
func contents(root, programs string, p platform) ([]entry, error) {
	type source struct {
		name, path string
		mode       os.FileMode
	}
	sources := []source{
		{p.executable(), filepath.Join(programs, p.program()), 0o755},
		{p.shim(), filepath.Join(root, "pkg", "cmd", "completion", p.shim()), 0o755},
		{"LICENSE", filepath.Join(root, "LICENSE"), 0o644},
		{"README.md", filepath.Join(root, "README.md"), 0o644},
	}
	for _, name := range licenses {
		sources = append(sources, source{"licenses/echarts/" + name, filepath.Join(root, "pkg", "document", "assets", name), 0o644})
	}
	var all []entry
	for _, s := range sources {
		data, err := os.ReadFile(s.path)
		if err != nil {
			return nil, fmt.Errorf("read a file of %s: %w (run make cross first)", p.archive(), err)
		}
		all = append(all, entry{name: s.name, mode: s.mode, data: data})
	}
	return all, nil
}
