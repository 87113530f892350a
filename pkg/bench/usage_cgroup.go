package bench

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// cpuGroup is a control group with a limit on processor time, ours or one above
// it. The kernel's admin-guide/cgroup-v2 and scheduler/sched-bwc tell its files.
type cpuGroup struct {
	stat string // the path of its cpu.stat
	// limit is how many processors' time it may use.
	limit float64
}

// throttling is what a cpu.stat counts: periods with something to run, how many
// of them were cut short, and for how long, added up over processors.
type throttling struct{ periods, throttled, microseconds record.Int }

// groupRoot is where control groups are mounted.
const groupRoot = "/sys/fs/cgroup"

// maxGroups bounds how far up groups are followed.
const maxGroups = 32

// cpuGroups finds the groups whose limit holds for this process. In a container
// the path that /proc tells may be the host's, of which only the top can be
// seen; so every step up to there is tried.
func (h *host) cpuGroups() []cpuGroup {
	var found []cpuGroup
	for line := range strings.Lines(h.text("/proc/self/cgroup")) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		mounts := []string{groupRoot, groupRoot + "/unified"}
		if parts[1] != "" {
			if !slices.Contains(strings.Split(parts[1], ","), "cpu") {
				continue
			}
			mounts = []string{groupRoot + "/" + parts[1], groupRoot + "/cpu"}
		}
		for _, mount := range mounts {
			if groups, seen := h.above(mount, parts[2]); seen {
				found = append(found, groups...)
				break
			}
		}
	}
	return found
}

// above follows a group up to its mount; seen says that there is one.
func (h *host) above(mount, name string) (groups []cpuGroup, seen bool) {
	name = path.Clean("/" + name)
	for range maxGroups {
		dir := path.Join(mount, name)
		stat := dir + "/cpu.stat"
		seen = seen || h.text(stat) != ""
		if limit, limited := h.cpuLimit(dir); limited {
			groups = append(groups, cpuGroup{stat: stat, limit: limit})
		}
		if name == "/" {
			break
		}
		name = path.Dir(name)
	}
	return groups, seen
}

// cpuLimit reads cpu.max of version 2 ("50000 100000", or "max 100000" for
// none), or of version 1 the quota, -1 for none, and the period.
func (h *host) cpuLimit(dir string) (limit float64, limited bool) {
	fields := strings.Fields(h.text(dir + "/cpu.max"))
	if len(fields) != 2 {
		fields = []string{strings.TrimSpace(h.text(dir + "/cpu.cfs_quota_us")), strings.TrimSpace(h.text(dir + "/cpu.cfs_period_us"))}
	}
	quota, err := strconv.ParseFloat(fields[0], 64)
	period, err2 := strconv.ParseFloat(fields[1], 64)
	if err != nil || err2 != nil || !(quota > 0 && period > 0) {
		return 0, false
	}
	return quota / period, true
}

func (g cpuGroup) read(h *host) throttling {
	counts := map[string]record.Int{}
	for line := range strings.Lines(h.text(g.stat)) {
		if f := strings.Fields(line); len(f) == 2 {
			counts[f[0]] = integer(f[1])
		}
	}
	t := throttling{periods: counts["nr_periods"], throttled: counts["nr_throttled"], microseconds: counts["throttled_usec"]}
	if ns, known := counts["throttled_time"].Get(); known { // version 1
		t.microseconds = record.Some(ns / 1000)
	}
	return t
}
