package record

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
