package bench

import (
	"runtime"
	"runtime/debug"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// usageClock measures what this process spends from one instant on.
type usageClock struct {
	wall time.Time
	cpu  time.Duration
	gc   time.Duration
	host *hostClock
}

// startUsage starts a clock; h may be nil.
func startUsage(h *host) usageClock {
	cpu, _ := processCPU()
	return usageClock{wall: time.Now(), cpu: cpu, gc: gcPause(), host: h.start()}
}

// again is another clock of the same kind that starts now.
func (c usageClock) again() usageClock { return startUsage(c.host.of()) }

// usage is what was spent since the clock started, nil where the system does not tell.
func (c usageClock) usage() *record.ClientUsage {
	cpu, known := processCPU()
	if !known {
		return nil
	}
	u := &record.ClientUsage{
		CPUSeconds: (cpu - c.cpu).Seconds(), WallSeconds: time.Since(c.wall).Seconds(),
		Cores: runtime.GOMAXPROCS(0), GCMS: millis(gcPause() - c.gc),
	}
	c.host.tell(u)
	return u
}

func gcPause() time.Duration {
	var s debug.GCStats
	debug.ReadGCStats(&s)
	return s.PauseTotal
}
