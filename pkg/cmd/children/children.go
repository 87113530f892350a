package children

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Set is a group of child simulators.
type Set struct {
	// URLs holds each engine's base URL.
	URLs     map[string]string
	children []*child
	stop     sync.Once
	stopped  error
}

// Start runs `executable simulate` for each engine, with args after the flags
// of its own, and waits for their addresses. Each child ends when its standard
// input does: at Stop, or when this process dies, however it dies. An error
// names the engine and quotes what the child wrote to standard error; the
// other children have ended then.
func Start(ctx context.Context, executable string, engines []string, args ...string) (*Set, error) {
	s := &Set{URLs: map[string]string{}, children: make([]*child, len(engines))}
	urls, errs := make([]string, len(engines)), make([]error, len(engines))
	var all sync.WaitGroup
	for i, engine := range engines {
		all.Go(func() { s.children[i], urls[i], errs[i] = begin(ctx, executable, engine, args) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		_ = s.Stop() //nolint:errcheck // the reason is in err
		return nil, err
	}
	for i, engine := range engines {
		s.URLs[engine] = urls[i]
	}
	return s, nil
}

// begin starts a child and waits for its address.
func begin(ctx context.Context, executable, engine string, args []string) (*child, string, error) {
	c, err := spawn(executable, engine, args)
	if err != nil {
		return nil, "", fmt.Errorf("start the simulated %s: %w", engine, err)
	}
	url, err := c.url(ctx)
	if err != nil {
		_ = c.end() //nolint:errcheck // the reason is in err
		return nil, "", fmt.Errorf("start the simulated %s: %w", engine, err)
	}
	return c, url, nil
}

// Stop ends the children and waits for them. It returns the errors of those
// that did not end well. Further calls do nothing and return the same.
func (s *Set) Stop() error {
	s.stop.Do(func() {
		errs := make([]error, len(s.children))
		var all sync.WaitGroup
		for i, c := range s.children {
			if c != nil {
				all.Go(func() { errs[i] = c.end() })
			}
		}
		all.Wait()
		s.stopped = errors.Join(errs...)
	})
	return s.stopped
}
