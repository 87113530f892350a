package cli

import (
	"flag"
	"io"
	"strings"
	"sync/atomic"

	"github.com/spf13/pflag"
	"k8s.io/klog/v2"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// BindVerbosity adds -v, the level of the Kubernetes libraries' own log, and
// none of klog's other flags. What they log goes to standard error, errs, with
// what a terminal would act upon replaced: at -v 8 it holds whole objects, which
// anybody in the cluster may have written.
func BindVerbosity(f *pflag.FlagSet, errs io.Writer) {
	own := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(own)
	_ = own.Set("legacy_stderr_threshold_behavior", "false") //nolint:errcheck // a flag of klog's and a value of its kind
	v := pflag.PFlagFromGoFlag(own.Lookup("v"))
	v.Usage = "Level of the Kubernetes client's own log, 0 to 9; from 6 on it names every request"
	f.AddFlag(v)
	undiverted.Store(&printable{to: errs})
	logTo(undiverted.Load())
}

// undiverted is where the libraries' log goes while nothing diverts it. klog is one
// for the whole program, and so is this.
var undiverted atomic.Pointer[printable]

// logTo has klog write each line once, and to w alone.
func logTo(w io.Writer) {
	own := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(own) // the values are klog's own, shared with those of -v
	klog.SetOutput(w)
	for _, s := range [][2]string{{"one_output", "true"}, {"stderrthreshold", "FATAL"}, {"logtostderr", "false"}} {
		_ = own.Set(s[0], s[1]) //nolint:errcheck // flags of klog's and values of their kinds
	}
}

// printable writes lines on as a terminal may be shown them.
type printable struct{ to io.Writer }

// Write implements io.Writer.
func (p *printable) Write(data []byte) (int, error) {
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		lines[i] = ui.Printable(line)
	}
	if _, err := io.WriteString(p.to, strings.Join(lines, "\n")); err != nil {
		return 0, err
	}
	return len(data), nil
}
