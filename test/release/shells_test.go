package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The shells complete what kubectl says that the plugin says. Each has the words
// "kubectl llmbench quick --via port" on its line.
var shells = map[string]string{
	"bash": `source /usr/share/bash-completion/bash_completion
source <(kubectl completion bash)
COMP_LINE="kubectl llmbench quick --via port"
COMP_WORDS=(kubectl llmbench quick --via port) COMP_CWORD=4 COMP_POINT=${#COMP_LINE}
__start_kubectl
printf '%s\n' "${COMPREPLY[@]}"`,
	"fish": `kubectl completion fish | source
complete -C "kubectl llmbench quick --via port"`,
	// zsh completes on a terminal only, so it gets one.
	"zsh": `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; autoload -U compinit; compinit -u -D; source <(kubectl completion zsh); echo REA""DY'
zpty -r -m z ready '*READY*'
zpty -n -w z $'kubectl llmbench quick --via port\t'
zpty -r -m z line '*port-forward*'
print -r -- "$line"
zpty -d z`,
}

var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)

// TestShellsComplete drives real shells with the completion that kubectl itself
// makes for them.
func TestShellsComplete(t *testing.T) {
	bin := t.TempDir()
	if err := os.Symlink(kubectl(t), filepath.Join(bin, "kubectl")); err != nil {
		t.Fatal(err)
	}
	plugin, err := filepath.Abs("../../bin/kubectl-llmbench")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(plugin, filepath.Join(bin, "kubectl-llmbench")); err != nil {
		t.Fatal(err)
	}
	shim, err := exec.Command(plugin, "completion", "kubectl").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "kubectl_complete-llmbench"), shim, 0o700); err != nil {
		t.Fatal(err)
	}
	for shell, script := range shells {
		t.Run(shell, func(t *testing.T) {
			if _, err := exec.LookPath(shell); err != nil {
				t.Fatalf("%s is not installed; .ci/run installs it", shell)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			c := exec.CommandContext(ctx, shell, "-c", script)
			c.Env = append(os.Environ(), "HOME="+t.TempDir(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "TERM=xterm", "KUBECONFIG=/nonexistent")
			out, err := c.Output()
			if said := escapes.ReplaceAllString(string(out), ""); err != nil || !strings.Contains(said, "port-forward") {
				t.Errorf("%v: %q", err, said)
			}
		})
	}
}

// TestAProgramDoesNotKnowWhereItWasBuilt builds it in two folders.
func TestAProgramDoesNotKnowWhereItWasBuilt(t *testing.T) {
	var programs [][]byte
	for _, folder := range []string{"a", "quite/another"} {
		dir := filepath.Join(t.TempDir(), folder)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		copied := "git -C ../.. ls-files -z -- ':!test' ':!docs' | (cd ../.. && xargs -0 cp --parents -t \"$0\")"
		if out, err := exec.Command("bash", "-c", copied, dir).CombinedOutput(); err != nil {
			t.Fatalf("copy the source: %v\n%s", err, out)
		}
		if out, err := exec.Command("make", "-C", dir, "build", "VERSION=v1.2.3", "COMMIT=abc").CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, out)
		}
		programs = append(programs, read(t, dir, "bin", "kubectl-llmbench"))
	}
	if string(programs[0]) != string(programs[1]) {
		t.Error("two folders give two programs")
	}
}
