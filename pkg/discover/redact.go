package discover

import (
	"regexp"
	"strings"
)

// hidden stands in place of what is secret.
const hidden = "REDACTED"

// secretNames are flags and variables whose values are secret. A token that
// stands in the plural is one of a text, and --tokenizer names a file.
const secretNames = `(?:[A-Za-z0-9_.-]*(?:password|passwd|secret|credential|api[-_]?key|access[-_]?key|private[-_]?key)[A-Za-z0-9_.-]*|(?:[A-Za-z0-9_.-]*[-_.]|[A-Za-z0-9_.-]*hf|[A-Za-z0-9_.-]*auth|[A-Za-z0-9_.-]*access)?token)` //nolint:gosec // names of secrets, and no secret

var (
	// secretFlag is a whole argument that is such a flag, or a variable.
	secretFlag = regexp.MustCompile(`(?i)^--?` + secretNames + `$`)
	// withValue is such a flag or variable together with its value.
	withValue = regexp.MustCompile(`(?i)^((?:--?)?` + secretNames + `=)(?s:.*)$`)
	// inScript is the same within a longer text, with the value behind a sign
	// or, for a flag, behind spaces.
	inScript = regexp.MustCompile(`(?i)((?:^|[\s"';&|({,])(?:--?` + secretNames + `(?:=|\s+)|` + secretNames + `=|["']?` + secretNames + `["']?\s*:\s*))("[^"]*"|'[^']*'|[^\s;&|"'(){},-][^\s;&|"'(){},]*)`)
	// moreKeys are the further values of a flag that takes several.
	moreKeys = regexp.MustCompile(`(--api[-_]key(?:=|\s+)` + hidden + `)(?:[ \t]+[^\s;&|"'-][^\s;&|"']*)+`)
	// tokenShapes are what tokens of well-known houses look like, wherever they stand.
	tokenShapes = regexp.MustCompile(`\b(?:hf_[A-Za-z0-9]{8,}|sk-[A-Za-z0-9_-]{8,}|nvapi-[A-Za-z0-9_-]{8,}|gh[pousr]_[A-Za-z0-9]{8,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+)`)
	// bearer is an authorization header's value, userInfo a password in a URL.
	bearer   = regexp.MustCompile(`(?i)\b(bearer|basic)(\s+)[^\s"';&|]+`)
	userInfo = regexp.MustCompile(`(://)[^\s/@"']+@`)
)

// redact copies a command's arguments without the secrets in them. An engine
// may take several keys behind one flag (vLLM's --api-key), so everything up
// to the next flag is hidden.
func redact(args []string) []string {
	if len(args) == 0 {
		return nil
	}
	out := make([]string, len(args))
	hiding := false
	for i, arg := range args {
		switch {
		case secretFlag.MatchString(arg):
			out[i], hiding = arg, true
		case hiding && !strings.HasPrefix(arg, "-"):
			out[i] = hidden
		case hiding && !strings.HasPrefix(arg, "--") && secretFlag.MatchString(args[i-1]):
			out[i] = hidden // a value may begin with a dash
		default:
			out[i], hiding = redactText(arg), false
		}
	}
	return out
}

func redactText(text string) string {
	if m := withValue.FindStringSubmatch(text); m != nil && (text[0] == '-' || !strings.ContainsAny(text, " \n\t")) {
		return m[1] + hidden
	}
	text = inScript.ReplaceAllString(text, "${1}"+hidden)
	text = moreKeys.ReplaceAllString(text, "${1} "+hidden)
	text = tokenShapes.ReplaceAllString(text, hidden)
	text = bearer.ReplaceAllString(text, "${1}${2}"+hidden)
	return userInfo.ReplaceAllString(text, "${1}"+hidden+"@")
}
