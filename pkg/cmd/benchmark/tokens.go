package benchmark

import (
	"fmt"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

// tokenVariable is the environment variable that holds the engines' token
// where no file does.
const tokenVariable = "LLMBENCH_ENGINE_TOKEN" //nolint:gosec // the name of a variable, and no token

// token is an engine's bearer token: of its own file, of the file for all, or
// of the environment.
func (o *Options) token(name string) (string, error) {
	file := ""
	for _, text := range o.TokenFiles {
		if engine, own, ok := cutEngine(text); !ok {
			if file == "" {
				file = text
			}
		} else if engine == name {
			file = own
			break
		}
	}
	if file == "" {
		return cleanToken(o.System.Getenv(tokenVariable), tokenVariable)
	}
	data, err := o.System.ReadFile(file)
	if err != nil {
		return "", cli.Usagef("read --engine-token-file: %w", err)
	}
	return cleanToken(string(data), file)
}

// cleanToken refuses what cannot stand in a header, without quoting it.
func cleanToken(token, from string) (string, error) {
	token = strings.TrimSpace(token)
	for _, r := range token {
		if r <= ' ' || r >= 0x7f {
			return "", &cli.UsageError{Err: fmt.Errorf("the token in %s holds a space, a line break or another character that no header may have", from)}
		}
	}
	return token, nil
}
