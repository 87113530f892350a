package fleet

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// sighting is one look at the pods.
type sighting struct {
	pods     []Pod
	troubles []Trouble
	err      error
}

// look looks at the pods, until ctx ends.
func (c *conductor) look(ctx context.Context) {
	for n := 0; ; n++ {
		var s sighting
		if s.pods, s.err = c.Pods.List(ctx); s.err == nil && (!c.settled.Load() || n%askAgain == 0) {
			s.troubles, _ = c.Pods.Troubles(ctx) // what pods say of themselves must do
		}
		select {
		case <-ctx.Done():
			return
		case c.seen <- s:
		}
		if !sleep(ctx, lookPause(len(c.crew))) {
			return
		}
	}
}

// lookPause is how long it waits between two looks at some workers.
func lookPause(workers int) time.Duration {
	return lookEvery + time.Duration(workers)*lookEach
}

// see takes a look at the pods.
func (c *conductor) see(s sighting) error {
	if s.err != nil {
		return c.unseen(s.err)
	}
	c.failing = time.Time{}
	if err := c.leads(s.pods); err != nil {
		return err
	}
	if s.troubles != nil {
		c.troubles = s.troubles
	}
	present := map[int]bool{}
	for _, p := range s.pods {
		if p.Worker < 0 || p.Worker >= len(c.crew) {
			continue
		}
		m := c.crew[p.Worker]
		if m.pod.Name != "" && m.pod.Name != p.Name {
			continue // in the place of one that was lost: its part cannot be made up for
		}
		present[p.Worker] = true
		c.know(m, p)
	}
	for _, m := range c.crew {
		if m.pod.Name != "" && !present[m.index] {
			c.missed(m)
		}
		if !m.endedAt.IsZero() && !m.over && time.Since(m.endedAt) > afterEnd && m.unfollow != nil {
			m.unfollow()
		}
	}
	return nil
}

// missed says that a worker's pod is not there any more.
func (c *conductor) missed(m *member) {
	if gone := m.pod; !gone.Ended {
		gone.Ended, gone.Why = true, cmp.Or(gone.Why, "its pod was deleted")
		c.know(m, gone)
	}
}

// know takes the state of a worker's pod, and follows its log once there is one.
func (c *conductor) know(m *member, p Pod) {
	if p.Why == "" {
		p.Why = c.troubleOf(p.Name)
	}
	m.pod = p
	if p.Ended && m.endedAt.IsZero() {
		m.endedAt = time.Now()
	}
	m.ended.Store(p.Ended)
	if p.Why != "" && !p.Ended {
		c.sayOnce(m.name() + ": " + p.Why)
	}
	if m.unfollow == nil && (p.Begun || p.Ended) {
		var ctx context.Context
		ctx, m.unfollow = context.WithCancel(c.follow)
		c.work.Go(func() { m.follow(ctx, c.Pods, p.Name, c.in) })
		c.work.Go(func() { m.post(ctx, c.Pods, p.Name) })
	}
}

// troubleOf is the last thing that the cluster said of a pod.
func (c *conductor) troubleOf(pod string) string {
	why := ""
	for _, t := range c.troubles {
		if t.Object == pod {
			why = t.Reason + ": " + t.Message
		}
	}
	return why
}

// unseen says that the pods could not be looked at.
func (c *conductor) unseen(err error) error {
	if c.failing.IsZero() {
		c.failing = time.Now()
	}
	if time.Since(c.begun) < lookEvery || time.Since(c.failing) > patience {
		return fmt.Errorf("look at the workers: %w", err)
	}
	c.sayOnce("the workers cannot be looked at now, and go on: " + err.Error())
	return nil
}
