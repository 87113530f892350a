package cli

import "errors"

// ErrGateFailed ends a comparison whose gate failed, or could not be judged where
// that counts as failing: exit code 3.
var ErrGateFailed = errors.New("the gate failed")
