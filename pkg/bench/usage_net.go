package bench

import (
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// netCounts is what the kernel counts of all TCP connections in this process's
// network namespace: a pod's own, or a whole machine's.
type netCounts struct{ retransmits, pressure, sockets record.Int }

// network reads the counts (proc_pid_net(5), the kernel's
// networking/snmp_counter).
func (h *host) network() netCounts {
	tcp := columns(h.text("/proc/self/net/snmp"), "Tcp:")
	more := columns(h.text("/proc/self/net/netstat"), "TcpExt:")
	return netCounts{
		retransmits: tcp["RetransSegs"],
		pressure:    total(more["TCPRcvCollapsed"], more["RcvPruned"], more["PruneCalled"]),
		sockets:     total(inUse(h.text("/proc/self/net/sockstat"), "TCP:"), inUse(h.text("/proc/self/net/sockstat6"), "TCP6:")),
	}
}

// columns reads one of the tables whose lines of names and of numbers begin
// with the same word.
func columns(text, table string) map[string]record.Int {
	var names []string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || fields[0] != table:
		case names == nil:
			names = fields
		default:
			counts := map[string]record.Int{}
			for i := 1; i < min(len(names), len(fields)); i++ {
				counts[names[i]] = integer(fields[i])
			}
			return counts
		}
	}
	return nil
}

// inUse is the number behind "inuse" in a line of sockstat.
func inUse(text, protocol string) record.Int {
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 2 && f[0] == protocol && f[1] == "inuse" {
			return integer(f[2])
		}
	}
	return record.Int{}
}

// total adds up what is known.
func total(counts ...record.Int) (sum record.Int) {
	for _, c := range counts {
		if n, known := c.Get(); known {
			sum = record.Some(sum.Or(0) + n)
		}
	}
	return sum
}
