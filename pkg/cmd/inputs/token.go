package inputs

import (
	"fmt"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

// CleanToken takes the white space around a token away, and refuses what cannot
// stand in a header, without quoting it.
func CleanToken(token, from string) (string, error) {
	token = strings.TrimSpace(token)
	for _, r := range token {
		if r <= ' ' || r >= 0x7f {
			return "", &cli.UsageError{Err: fmt.Errorf("the token in %s holds a space, a line break or another character that no header may have", from)}
		}
	}
	return token, nil
}
