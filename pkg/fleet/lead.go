package fleet

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// Lead says who leads a run. It stands in all orders, and on one worker's pod it
// moves for as long as its caller lives.
type Lead struct {
	// Term counts the callers that led the run, one after the other.
	Term int `json:"term,omitempty"`
	// By names the caller, by chance.
	By string `json:"by,omitempty"`
	// Beat counts seconds, roughly.
	Beat int `json:"beat,omitempty"`
}

// above says that, of two callers who both lead, this one goes on: the one who came
// later, for it looked whether there is another.
func (l Lead) above(other Lead) bool {
	if l.Term != other.Term {
		return l.Term > other.Term
	}
	return l.By > other.By
}

const (
	// beatEvery is how often a caller shows that it lives.
	beatEvery = time.Second
	// silence is for how long none may have been shown until a caller counts as
	// gone, beside the time that its other orders may take.
	silence = 5 * beatEvery
)

// ErrLed says that another caller leads the run.
var ErrLed = errors.New("another caller leads this run")

// Unled watches for a few seconds whether another caller leads the workers, and
// returns ErrLed where one does. Workers that have ended need nobody.
func Unled(ctx context.Context, pods Pods) error {
	begun, first := time.Now(), map[string]Lead{}
	for look := 0; ; look++ {
		all, err := pods.List(ctx)
		if err != nil {
			return fmt.Errorf("look at the workers: %w", err)
		}
		live := false
		for _, p := range all {
			switch was, known := first[p.Name]; {
			case !known:
				first[p.Name] = p.Lead
			case p.Lead != was:
				return ErrLed
			}
			live = live || !p.Ended
		}
		if !live || look > 0 && time.Since(begun) > silence+writing(len(all)) {
			return nil
		}
		if !sleep(ctx, lookPause(len(all))) {
			return ctx.Err()
		}
	}
}

// leading is what a caller knows of itself and of others.
type leading struct {
	Lead
	beatAt time.Time
	// others are the last beats of other callers.
	others map[string]int
}

func newLeading() leading { return leading{Lead: Lead{By: rand.Text()}, others: map[string]int{}} }

// look takes the leads of workers that live, and reports whether a caller who
// leads as well is to go on alone. The first look shows who led before.
func (l *leading) look(leads []Lead) (outranked bool) {
	first := l.Term == 0
	for _, other := range leads {
		if other.By == "" || other.By == l.By {
			continue
		}
		if beat, known := l.others[other.By]; !known || other.Beat > beat {
			l.others[other.By] = other.Beat
			outranked = outranked || !first && other.above(l.Lead)
		}
		if first {
			l.Term = max(l.Term, other.Term)
		}
	}
	if first {
		l.Term++
	}
	return outranked
}

// beat shows others that this caller lives, and repairs orders that another one
// wrote over.
func (c *conductor) beat() {
	if time.Since(c.leading.beatAt) < beatEvery {
		return
	}
	for _, m := range c.crew {
		if m.unfollow != nil && !m.pod.Ended && m.live() {
			c.leading.beatAt = time.Now()
			c.leading.Beat++
			c.order(m, func(*Orders) {})
			return
		}
	}
}

// leads takes who leads the workers that live, and says whether this caller has to
// leave them to another. It writes those orders again that another one wrote over.
func (c *conductor) leads(pods []Pod) error {
	var leads []Lead
	for _, p := range pods {
		if !p.Ended {
			leads = append(leads, p.Lead)
		}
	}
	if c.leading.look(leads) {
		return ErrLed
	}
	for _, p := range pods {
		if p.Ended || p.Worker < 0 || p.Worker >= len(c.crew) {
			continue
		}
		if m := c.crew[p.Worker]; m.ordered().Lead.By == c.leading.By && p.Lead.By != c.leading.By && p.Lead.By != "" && m.pod.Name == p.Name {
			c.order(m, func(*Orders) {})
		}
	}
	return nil
}

// order changes what is in force for a worker.
func (c *conductor) order(m *member, change func(*Orders)) {
	m.order(func(o *Orders) {
		o.Lead = c.leading.Lead
		change(o)
	})
}
