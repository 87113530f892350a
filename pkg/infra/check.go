package infra

import (
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func pass(subject, format string, args ...any) []record.Check {
	return []record.Check{{Status: record.CheckPass, Subject: subject, Message: fmt.Sprintf(format, args...)}}
}

func skip(subject, format string, args ...any) []record.Check {
	return []record.Check{{Status: record.CheckSkip, Subject: subject, Message: fmt.Sprintf(format, args...)}}
}

func warn(subject, remedy, format string, args ...any) []record.Check {
	return []record.Check{{Status: record.CheckWarn, Subject: subject, Message: fmt.Sprintf(format, args...), Remedy: remedy}}
}

func fail(subject, remedy, format string, args ...any) []record.Check {
	return []record.Check{{Status: record.CheckFail, Subject: subject, Message: fmt.Sprintf(format, args...), Remedy: remedy}}
}

// orPass is what was found, or a pass where that is nothing.
func orPass(found []record.Check, subject, format string, args ...any) []record.Check {
	if len(found) > 0 {
		return found
	}
	return pass(subject, format, args...)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
