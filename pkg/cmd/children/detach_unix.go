//go:build unix

package children

import (
	"os/exec"
	"syscall"
)

// detach keeps a terminal's Ctrl-C from the child, which must serve until its
// parent has finished with it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
