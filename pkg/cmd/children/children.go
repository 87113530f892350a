// Package children runs simulated engines as child processes, so that they do
// not share the measuring process's scheduler and garbage collector.
package children

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// startTimeout bounds the wait for a child's address.
const startTimeout = 30 * time.Second

// Set is a group of child simulators.
type Set struct {
	// URLs holds each engine's base URL.
	URLs     map[string]string
	children []*child
}

type child struct {
	engine string
	cmd    *exec.Cmd
	stdin  io.Closer
}

// Start runs `executable simulate` for each engine and waits for their
// addresses. Each child ends when its standard input does: at Stop, or when
// this process dies, however it dies.
func Start(ctx context.Context, executable string, engines []string, args ...string) (*Set, error) {
	s := &Set{URLs: map[string]string{}}
	var mu sync.Mutex
	var all sync.WaitGroup
	errs := make([]error, len(engines))
	for i, engine := range engines {
		all.Go(func() {
			c, url, err := start(ctx, executable, engine, args)
			mu.Lock()
			defer mu.Unlock()
			if c != nil {
				s.children = append(s.children, c)
			}
			s.URLs[engine], errs[i] = url, err
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func start(ctx context.Context, executable, engine string, args []string) (*child, string, error) {
	args = append([]string{"simulate", "--engine", engine, "--listen", "127.0.0.1:0", "--until-eof"}, args...)
	cmd := exec.Command(executable, args...) //nolint:gosec,noctx // our own program; its life is bound to its standard input
	detach(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, "", fmt.Errorf("simulate %s: %w", engine, err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", fmt.Errorf("simulate %s: %w", engine, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("simulate %s: %w", engine, err)
	}
	c := &child{engine: engine, cmd: cmd, stdin: stdin}
	url, err := firstLine(ctx, stdout)
	if err != nil {
		return c, "", fmt.Errorf("simulate %s: no address came: %w", engine, err)
	}
	return c, url, nil
}

func firstLine(ctx context.Context, r io.Reader) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	type answer struct {
		line string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		line, err := bufio.NewReader(r).ReadString('\n')
		got <- answer{strings.TrimSpace(line), err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-got:
		return a.line, a.err
	}
}

// Stop ends the children and waits for them.
func (s *Set) Stop() error {
	var errs []error
	for _, c := range s.children {
		errs = append(errs, c.stdin.Close())
	}
	for _, c := range s.children {
		if err := c.cmd.Wait(); err != nil {
			errs = append(errs, fmt.Errorf("simulated %s: %w", c.engine, err))
		}
	}
	return errors.Join(errs...)
}
