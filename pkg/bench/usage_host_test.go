package bench

import (
	"errors"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// machine is a Host made of files, which a test may change.
type machine map[string]string

func (m machine) host() Host {
	return Host{
		ReadFile: func(name string) ([]byte, error) {
			files := fstest.MapFS{}
			if text, ok := m[name]; ok {
				files["f"] = &fstest.MapFile{Data: []byte(text)}
			}
			return files.ReadFile("f")
		},
		OpenFiles: func() (int, error) { return 0, errors.New("nobody knows") },
	}
}

func stat(periods, throttled, usec string) string {
	return "usage_usec 5\nnr_periods " + periods + "\nnr_throttled " + throttled + "\nthrottled_usec " + usec + "\n"
}

func TestThrottlingIsFoundWhereTheGroupIs(t *testing.T) {
	some := record.Some[int64]
	throttled := &record.ClientUsage{CPULimit: record.Some(0.5), Periods: some(100), ThrottledPeriods: some(12), ThrottledMS: record.Some(900.0)}
	for name, c := range map[string]struct {
		before, after machine
		want          *record.ClientUsage
	}{
		"version 2": {
			machine{"/proc/self/cgroup": "0::/kubepods/pod1/c1\n", "/sys/fs/cgroup/kubepods/pod1/c1/cpu.max": "50000 100000\n", "/sys/fs/cgroup/kubepods/pod1/c1/cpu.stat": stat("10", "1", "5000")},
			machine{"/sys/fs/cgroup/kubepods/pod1/c1/cpu.stat": stat("110", "13", "905000")}, throttled,
		},
		"version 2 in a container": {
			machine{"/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "50000 100000\n", "/sys/fs/cgroup/cpu.stat": stat("0", "0", "0")},
			machine{"/sys/fs/cgroup/cpu.stat": stat("100", "12", "900000")}, throttled,
		},
		"a group above ours": {
			machine{
				"/proc/self/cgroup": "0::/pod/c\n", "/sys/fs/cgroup/pod/c/cpu.max": "max 100000\n", "/sys/fs/cgroup/pod/c/cpu.stat": stat("0", "0", "0"),
				"/sys/fs/cgroup/pod/cpu.max": "50000 100000\n", "/sys/fs/cgroup/pod/cpu.stat": stat("10", "1", "5000"),
			},
			machine{"/sys/fs/cgroup/pod/cpu.stat": stat("110", "13", "905000")}, throttled,
		},
		"two limits": {
			machine{
				"/proc/self/cgroup": "0::/pod/c\n", "/sys/fs/cgroup/pod/c/cpu.max": "50000 100000\n", "/sys/fs/cgroup/pod/c/cpu.stat": stat("0", "0", "0"),
				"/sys/fs/cgroup/pod/cpu.max": "200000 100000\n", "/sys/fs/cgroup/pod/cpu.stat": stat("0", "0", "0"),
			},
			machine{"/sys/fs/cgroup/pod/c/cpu.stat": stat("100", "12", "900000"), "/sys/fs/cgroup/pod/cpu.stat": stat("100", "1", "5")}, throttled,
		},
		"version 1": {
			machine{
				"/proc/self/cgroup": "7:blkio:/\n4:cpu,cpuacct:/docker/c1\n0::/\n",
				"/sys/fs/cgroup/cpu,cpuacct/docker/c1/cpu.cfs_quota_us":  "50000\n",
				"/sys/fs/cgroup/cpu,cpuacct/docker/c1/cpu.cfs_period_us": "100000\n",
				"/sys/fs/cgroup/cpu,cpuacct/docker/c1/cpu.stat":          "nr_periods 10\nnr_throttled 1\nthrottled_time 5000000\n",
				"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us":            "-1\n",
				"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us":           "100000\n",
			},
			machine{"/sys/fs/cgroup/cpu,cpuacct/docker/c1/cpu.stat": "nr_periods 110\nnr_throttled 13\nthrottled_time 905000000\n"}, throttled,
		},
		"version 1 in a container": {
			machine{
				"/proc/self/cgroup": "4:cpu,cpuacct:/docker/c1\n", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
				"/sys/fs/cgroup/cpu/cpu.stat": "nr_periods 0\nnr_throttled 0\nthrottled_time 0\n",
			},
			machine{"/sys/fs/cgroup/cpu/cpu.stat": "nr_periods 100\nnr_throttled 12\nthrottled_time 900000000\n"}, throttled,
		},
		"no limit": {
			machine{"/proc/self/cgroup": "0::/c\n", "/sys/fs/cgroup/c/cpu.max": "max 100000\n", "/sys/fs/cgroup/c/cpu.stat": stat("0", "0", "0")}, machine{},
			&record.ClientUsage{},
		},
		"nothing to read": {machine{}, machine{}, &record.ClientUsage{}},
		"rubbish":         {machine{"/proc/self/cgroup": "x\n0::/../../etc\n", "/sys/fs/cgroup/cpu.max": "NaN 0", "/sys/fs/cgroup/etc/cpu.max": "1"}, machine{}, &record.ClientUsage{}},
		"counts that begin anew": {
			machine{"/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "50000 100000\n", "/sys/fs/cgroup/cpu.stat": stat("100", "5", "9")},
			machine{"/sys/fs/cgroup/cpu.stat": stat("1", "1", "1")}, &record.ClientUsage{CPULimit: record.Some(0.5)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			clock := newHost(c.before.host()).start()
			for file, text := range c.after {
				c.before[file] = text
			}
			got := &record.ClientUsage{}
			clock.tell(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestConnectionsOfTheNamespace(t *testing.T) {
	m := machine{
		"/proc/self/net/snmp":      "Ip: Forwarding\nIp: 1\nTcp: RtoAlgorithm RetransSegs\nTcp: 1 100\n",
		"/proc/self/net/netstat":   "TcpExt: PruneCalled RcvPruned TCPRcvCollapsed\nTcpExt: 1 2 3\nIpExt: InBcastPkts\nIpExt: 0\n",
		"/proc/self/net/sockstat":  "sockets: used 76\nTCP: inuse 4 orphan 0\nUDP: inuse 9\n",
		"/proc/self/net/sockstat6": "TCP6: inuse 6\n",
		"/proc/self/limits":        "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 524288               files     \n",
	}
	open := 30
	h := m.host()
	h.OpenFiles = func() (int, error) { return open, nil }
	clock := newHost(h).start()
	got := &record.ClientUsage{}
	clock.tell(got)
	m["/proc/self/net/snmp"] = "Tcp: RtoAlgorithm RetransSegs\nTcp: 1 107\n"
	m["/proc/self/net/netstat"] = "TcpExt: PruneCalled RcvPruned TCPRcvCollapsed\nTcpExt: 2 2 5\n"
	m["/proc/self/net/sockstat"] = "TCP: inuse 1\n"
	open = 20
	got = &record.ClientUsage{}
	clock.tell(got)
	some := record.Some[int64]
	want := &record.ClientUsage{Retransmits: some(7), ReceivePressure: some(3), OpenSockets: some(10), OpenFiles: some(30), FileLimit: some(1024)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the kernel writes is read without a stumble, whatever it is.
func FuzzHostFiles(f *testing.F) {
	f.Add("0::/a/b\n", "50000 100000", stat("1", "2", "3"), "Tcp: A RetransSegs\nTcp: 1 2\n")
	f.Add("4:cpu,cpuacct:/x\n", "-1", "nr_periods x\nthrottled_time 9", "TCP: inuse 4\n")
	f.Fuzz(func(t *testing.T, groups, limit, stat, net string) {
		h := Host{ReadFile: func(name string) ([]byte, error) {
			switch {
			case name == "/proc/self/cgroup":
				return []byte(groups), nil
			case len(name) > 8 && name[len(name)-8:] == "cpu.stat":
				return []byte(stat), nil
			case name[:6] == "/proc/":
				return []byte(net), nil
			}
			return []byte(limit), nil
		}}
		u := &record.ClientUsage{}
		newHost(h).start().tell(u)
		if u.CPULimit.Known() && !(u.CPULimit.Or(0) > 0) {
			t.Errorf("a limit of %g processors", u.CPULimit.Or(0))
		}
	})
}
