// Package program builds the plugin for tests that run it as users do, in a
// process of its own.
package program

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// name is what kubectl looks for.
const name = "kubectl-llmbench"

// Main builds the plugin, says in path where it is, runs the tests of a package
// and returns their exit code. The plugin's folder holds nothing else, so that it
// may go into a PATH.
func Main(m *testing.M, path *string, flags ...string) int {
	dir, err := os.MkdirTemp("", "llmbench-program-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	*path = filepath.Join(dir, name)
	build := exec.Command("go", append([]string{"build", "-o", *path}, append(flags, "./cmd/"+name)...)...) //nolint:gosec,noctx // our own program
	build.Dir, build.Stderr = Root(), os.Stderr
	if err := build.Run(); err != nil {
		panic(err)
	}
	return m.Run()
}

// Root is the folder of the checkout.
func Root() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		panic("the source file of this package is not known")
	}
	return filepath.Join(filepath.Dir(file), "..", "..")
}
