package benchmark

import (
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/inputs"
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
		return inputs.CleanToken(o.System.Getenv(tokenVariable), tokenVariable)
	}
	data, err := o.System.ReadFile(file)
	if err != nil {
		return "", cli.Usagef("read --engine-token-file: %w", err)
	}
	return inputs.CleanToken(string(data), file)
}
