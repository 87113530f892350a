package record

import "strings"

// troubleshooting is where each error class is explained.
const troubleshooting = "https://github.com/kubectl-llmbench/kubectl-llmbench/blob/main/docs/troubleshooting.md#"

// Help is the address that tells what to do about an error class, "" where
// nothing failed. docs/troubleshooting.md has a heading for each class.
func (s Status) Help() string {
	if s == StatusOK || s == "" {
		return ""
	}
	return troubleshooting + string(s)
}

// moreHelp stands between what to do and the address that tells more.
const moreHelp = "; see "

// WithHelp ends a remedy with where to read more about an error class.
func WithHelp(remedy string, class Status) string {
	help := class.Help()
	switch {
	case help == "":
		return remedy
	case remedy == "":
		return strings.TrimPrefix(moreHelp, "; ") + help
	}
	return remedy + moreHelp + help
}

// Advice is a finding's remedy without where to read more.
func (f Finding) Advice() string {
	advice, _, _ := strings.Cut(f.Remedy, moreHelp+troubleshooting)
	return advice
}
