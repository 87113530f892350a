package cli

import (
	"flag"

	"github.com/spf13/pflag"
	"k8s.io/klog/v2"
)

// BindVerbosity adds -v, the level of the Kubernetes libraries' own log, and
// none of klog's other flags. What they log goes to standard error.
func BindVerbosity(f *pflag.FlagSet) {
	own := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(own)
	_ = own.Set("legacy_stderr_threshold_behavior", "false") //nolint:errcheck // a flag of klog's and a value of its kind
	_ = own.Set("stderrthreshold", "INFO")                   //nolint:errcheck // as above
	v := pflag.PFlagFromGoFlag(own.Lookup("v"))
	v.Usage = "Level of the Kubernetes client's own log, 0 to 9; from 6 on it names every request"
	f.AddFlag(v)
}
