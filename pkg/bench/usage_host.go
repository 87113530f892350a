package bench

import (
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Host is how a run learns what the client's machine has to say of it. Either
// function may be nil.
type Host struct {
	// ReadFile reads one of the kernel's files below /proc and /sys. Where they
	// are missing, as on other systems than Linux, results lack what they tell.
	ReadFile func(name string) ([]byte, error)
	// OpenFiles counts the files and sockets that this process has open.
	OpenFiles func() (int, error)
}

// host reads a Host's files; a nil one tells nothing.
type host struct {
	Host
	groups []cpuGroup
	limit  record.Int // of open files
}

func newHost(h Host) *host {
	if h.ReadFile == nil {
		return nil
	}
	all := &host{Host: h}
	all.groups = all.cpuGroups()
	all.limit = fileLimit(all.text("/proc/self/limits"))
	return all
}

// text is a file's content, "" where it cannot be read.
func (h *host) text(name string) string {
	data, err := h.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(data)
}

// fileLimit is the soft limit of open files (proc_pid_limits(5)).
func fileLimit(limits string) record.Int {
	for line := range strings.Lines(limits) {
		rest, ok := strings.CutPrefix(line, "Max open files")
		if fields := strings.Fields(rest); ok && len(fields) > 0 {
			return integer(fields[0])
		}
	}
	return record.Int{}
}

func integer(text string) record.Int {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return record.Int{}
	}
	return record.Some(n)
}

// hostClock is what a host said at one instant, and the most it said since. It
// is used by one goroutine at a time.
type hostClock struct {
	host           *host
	groups         []throttling
	net            netCounts
	files, sockets record.Int
}

func (h *host) start() *hostClock {
	if h == nil {
		return nil
	}
	c := &hostClock{host: h, net: h.network()}
	for _, g := range h.groups {
		c.groups = append(c.groups, g.read(h))
	}
	return c
}

func (c *hostClock) of() *host {
	if c == nil {
		return nil
	}
	return c.host
}

// tell adds what happened since the clock started.
func (c *hostClock) tell(u *record.ClientUsage) {
	if c == nil {
		return
	}
	c.throttled(u)
	now := c.host.network()
	u.Retransmits, u.ReceivePressure = rose(c.net.retransmits, now.retransmits), rose(c.net.pressure, now.pressure)
	c.sockets = most(c.sockets, now.sockets)
	if c.host.OpenFiles != nil {
		if n, err := c.host.OpenFiles(); err == nil {
			c.files = most(c.files, record.Some(int64(n)))
		}
	}
	u.OpenSockets, u.OpenFiles, u.FileLimit = c.sockets, c.files, c.host.limit
}

// throttled tells of the control group that was throttled most: a limit of one
// above ours stops us as well.
func (c *hostClock) throttled(u *record.ClientUsage) {
	for i, g := range c.host.groups {
		now := g.read(c.host)
		if limit, known := u.CPULimit.Get(); !known || g.limit < limit {
			u.CPULimit = record.Some(g.limit)
		}
		times := rose(c.groups[i].throttled, now.throttled)
		if !times.Known() || times.Or(0) < u.ThrottledPeriods.Or(-1) {
			continue
		}
		u.ThrottledPeriods, u.Periods = times, rose(c.groups[i].periods, now.periods)
		if stopped, known := rose(c.groups[i].microseconds, now.microseconds).Get(); known {
			u.ThrottledMS = record.Some(float64(stopped) / 1000)
		}
	}
}

// rose is by how much a counter rose, absent where it is unknown at either end
// or began anew.
func rose(from, to record.Int) record.Int {
	a, known := from.Get()
	b, knownToo := to.Get()
	if !known || !knownToo || b < a {
		return record.Int{}
	}
	return record.Some(b - a)
}

func most(a, b record.Int) record.Int {
	if b.Or(-1) > a.Or(-1) {
		return b
	}
	return a
}
