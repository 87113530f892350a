package bench

import (
	"runtime"
	"runtime/debug"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// cpuClock measures what this process spends from one instant on.
type cpuClock struct {
	wall time.Time
	cpu  time.Duration
	gc   time.Duration
}

func startCPUClock() cpuClock {
	cpu, _ := processCPU()
	return cpuClock{wall: time.Now(), cpu: cpu, gc: gcPause()}
}

// usage is what was spent since the clock started, nil where the system does not tell.
func (c cpuClock) usage() *record.ClientUsage {
	cpu, known := processCPU()
	if !known {
		return nil
	}
	return &record.ClientUsage{
		CPUSeconds: (cpu - c.cpu).Seconds(), WallSeconds: time.Since(c.wall).Seconds(),
		Cores: runtime.GOMAXPROCS(0), GCMS: millis(gcPause() - c.gc),
	}
}

func gcPause() time.Duration {
	var s debug.GCStats
	debug.ReadGCStats(&s)
	return s.PauseTotal
}
