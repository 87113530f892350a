// Command release packs the programs of `make cross` into the archives that a
// release consists of, with their checksums and the manifest that krew installs
// them by. It makes what .goreleaser.yaml describes, without publishing,
// signing or a network, so that archives can be tried before there is a
// release: the same programs give the same bytes.
//
// Usage: release --programs bin/dist --out bin/release --tag v1.2.3 --time 1700000000
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	root := flags.String("root", "../..", "The checkout")
	programs := flags.String("programs", "", "Folder of the programs, as kubectl-llmbench-OS-ARCH")
	out := flags.String("out", "", "Folder to write to")
	tag := flags.String("tag", "", "Tag of the release")
	at := flags.Int64("time", 0, "Time of every file in the archives, in seconds since 1970: the commit's")
	base := flags.String("base", "", "URL below which the archives lie; the release's on GitHub where empty")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *programs == "" || *out == "" || *tag == "" || *at == 0 {
		return errors.New("--programs, --out, --tag and --time are needed")
	}
	if err := os.MkdirAll(*out, 0o750); err != nil {
		return fmt.Errorf("make the folder of the archives: %w", err)
	}
	sums, err := pack(*root, *programs, *out, time.Unix(*at, 0).UTC())
	if err != nil {
		return err
	}
	if err := writeSums(filepath.Join(*out, "checksums.txt"), sums); err != nil {
		return err
	}
	return writeManifest(*root, filepath.Join(*out, "llmbench.yaml"), *tag, *base, sums)
}
