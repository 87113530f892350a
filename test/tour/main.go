// Command tour runs the tour of the README with the program itself, writes what it
// printed into the README, and takes a picture of the report, for which Chromium
// must be installed. Run it with `make docs`.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The marks between which the tour stands.
const begin, end = "<!-- tour: made by make docs -->\n", "<!-- end of tour -->\n"

// step is a part of the tour: what a reader is told, and types.
type step struct {
	told    string
	command string
	// most is how many lines of the output are shown.
	most int
}

var steps = []step{
	{"Measure three simulated engines. It takes a minute, and needs no cluster:", "kubectl llmbench quick --simulate", 60},
	{"The run is a folder, from which tables and documents can be drawn again at any time:", "kubectl llmbench report results/latest --format html,pdf,markdown", 0},
	{"Keep it, change something, measure again, and let the difference be judged. Nothing was changed here, so what differs is chance, or what else this machine did meanwhile:", "mv results/latest results/before\nkubectl llmbench quick --simulate\nkubectl llmbench compare results/before results/latest", 30},
	{"A configuration of your own begins with a commented one:", "kubectl llmbench generate-config --list", 20},
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() (err error) {
	dir, err := os.MkdirTemp("", "llmbench-tour-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "kubectl-llmbench"), "./cmd/kubectl-llmbench").CombinedOutput(); err != nil { //nolint:gosec,noctx // our own program
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	var b strings.Builder
	for i, s := range steps {
		fmt.Fprintf(os.Stderr, "step %d of %d\n", i+1, len(steps))
		if err := s.take(dir, &b); err != nil {
			return err
		}
	}
	if err := write("README.md", b.String()); err != nil {
		return err
	}
	return picture(filepath.Join(dir, "results", "latest", "reports", "report.html"), filepath.Join("docs", "images", "report.png"))
}

// take runs a step and writes it down.
func (s step) take(dir string, b *strings.Builder) error {
	var out []byte
	for line := range strings.Lines(s.command) {
		// What kubectl would run, with its standard output alone, as a reader who
		// sends the progress elsewhere.
		c := exec.Command("bash", "-c", strings.ReplaceAll(line, "kubectl llmbench", filepath.Join(dir, "kubectl-llmbench"))) //nolint:gosec,noctx // of this file
		var complaints bytes.Buffer
		c.Dir, c.Stderr = dir, &complaints
		data, err := c.Output()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", line, err, complaints.String())
		}
		out = data // of the last
	}
	fmt.Fprintf(b, "%s\n\n```console\n$ %s\n```\n\n", s.told, strings.ReplaceAll(s.command, "\n", "\n$ "))
	text := strings.TrimSpace(strings.ReplaceAll(string(out), dir+"/", ""))
	if s.most == 0 || text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	if len(lines) > s.most {
		lines = append(lines[:s.most], "…")
	}
	fmt.Fprintf(b, "```text\n%s\n```\n\n", strings.Join(lines, "\n"))
	return nil
}

// write puts the tour between its marks.
func write(file, tour string) error {
	data, err := os.ReadFile(file) //nolint:gosec // of this checkout
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(data), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("%s lacks %q or %q", file, begin, end)
	}
	return os.WriteFile(file, []byte(before+begin+tour+end+after), 0o644) //nolint:gosec // a document
}

// picture takes one of the top of a page.
func picture(page, file string) error {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1", //nolint:gosec,noctx // a browser
			"--window-size=1280,1500", "--virtual-time-budget=5000", "--screenshot="+file, "file://"+page).CombinedOutput()
		if err != nil {
			return fmt.Errorf("take a picture: %w\n%s", err, out)
		}
		return nil
	}
	return errors.New("the README's text is new, and its picture is not: Chromium is not installed")
}
