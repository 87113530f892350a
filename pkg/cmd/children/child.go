package children

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// The times that a child is given to say its address, to end when it is asked
// to, and to let go of its pipes after that.
const (
	startTimeout = 30 * time.Second
	stopTimeout  = 10 * time.Second
	pipeTimeout  = time.Second
)

// child is one process. Its error is set once ended is closed.
type child struct {
	engine  string
	cmd     *exec.Cmd
	stdin   io.Closer
	address *firstLine
	says    *lastWords
	ended   chan struct{}
	err     error
}

func spawn(executable, engine string, args []string) (*child, error) {
	args = append([]string{"simulate", "--engine", engine, "--listen", "127.0.0.1:0", "--until-eof"}, args...)
	cmd := exec.Command(executable, args...) //nolint:gosec,noctx // our own program; its life is bound to its standard input
	cmd.Env = withoutTokens(cmd.Environ())
	detach(cmd)
	cmd.WaitDelay = pipeTimeout
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	c := &child{engine: engine, cmd: cmd, stdin: stdin, address: newFirstLine(), says: &lastWords{}, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = c.address, c.says
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, stdin.Close())
	}
	go func() {
		c.err = cmd.Wait()
		close(c.ended)
	}()
	return c, nil
}

// tokenVariables begin the names of variables that hold engines' tokens.
const tokenVariables = "LLMBENCH_ENGINE_TOKEN" //nolint:gosec // a name, and no token

// withoutTokens leaves out of an environment what a simulator has no use for.
func withoutTokens(environ []string) []string {
	return slices.DeleteFunc(environ, func(v string) bool { return strings.HasPrefix(v, tokenVariables) })
}

// url waits for the child's first line, which is its address.
func (c *child) url(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	select {
	case <-c.address.complete:
	case <-c.ended:
		if c.err == nil {
			return "", errors.New("it ended without an address")
		}
		return "", c.complaint(c.err)
	case <-ctx.Done():
		return "", c.complaint(fmt.Errorf("no address came: %w", context.Cause(ctx)))
	}
	url := c.address.String()
	if !strings.HasPrefix(url, "http://") {
		return "", fmt.Errorf("it said %q instead of an address", url)
	}
	return url, nil
}

// end closes the child's standard input and waits for it. One that goes on
// regardless is killed.
func (c *child) end() error {
	_ = c.stdin.Close() //nolint:errcheck // it has been closed if the child has ended
	timer := time.NewTimer(stopTimeout)
	defer timer.Stop()
	select {
	case <-c.ended:
		if c.err != nil {
			return fmt.Errorf("simulated %s: %w", c.engine, c.complaint(c.err))
		}
		return nil
	case <-timer.C:
		_ = c.cmd.Process.Kill() //nolint:errcheck // it may have ended this moment
		<-c.ended
		return fmt.Errorf("simulated %s: killed, because it had not ended after %s", c.engine, stopTimeout)
	}
}

// complaint adds what the child said last to an error.
func (c *child) complaint(err error) error {
	words := c.says.String()
	if words == "" {
		return err
	}
	return fmt.Errorf("%w: it says %q", err, words)
}
