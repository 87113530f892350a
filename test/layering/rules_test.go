package layering

// A pattern is a package's path below the module's root, or any other import
// path; with /... at its end it stands for everything below it too.

// rows holds every package, lowest first. A package imports only from rows
// above its own in this list, so no two of one row know each other.
var rows = [][]string{
	{"config", "data", "pkg/lengths", "pkg/record", "pkg/slo"},
	{"pkg/config", "pkg/load", "pkg/prompt", "pkg/stats", "pkg/wire"},
	{"pkg/capacity", "pkg/engine", "pkg/kube", "pkg/simulate", "pkg/summary"},
	{"pkg/bench", "pkg/chart", "pkg/discover", "pkg/history", "pkg/infra", "pkg/verdict"},
	{"pkg/fleet"},
	{"pkg/story"},
	{"pkg/document"},
	{"pkg/report"},
	{"pkg/ui"},
	{"pkg/cmd/children", "pkg/cmd/cli"},
	{"pkg/cmd/cluster", "pkg/cmd/inputs", "pkg/cmd/runs"},
	{"pkg/cmd/crew"},
	{"pkg/cmd/attach", "pkg/cmd/benchmark", "pkg/cmd/cleanup", "pkg/cmd/compare", "pkg/cmd/completion", "pkg/cmd/discoverservices", "pkg/cmd/generateconfig", "pkg/cmd/report", "pkg/cmd/simulate", "pkg/cmd/validateinfra", "pkg/cmd/version", "pkg/cmd/worker"},
	{"pkg/cmd"},
	{"cmd/..."},
	{"test/program"},
	{"test/..."},
}

// ban keeps some packages from knowing something, whatever the rows allow.
type ban struct {
	in     []string // who may not import it; nil is everybody
	except []string // but these may
	not    []string // what
	why    string
}

var bans = []ban{
	{
		except: []string{"pkg/cmd/...", "cmd/...", "pkg/report", "test/..."},
		not:    []string{"os/...", "io/ioutil"},
		why:    "files, environment and processes come in as parameters; only commands and the run directory touch them",
	},
	{
		except: []string{"pkg/cmd/..."},
		not:    []string{"github.com/spf13/..."},
		why:    "only a command knows flags",
	},
	{
		in:  []string{"pkg/load", "pkg/stats", "pkg/summary", "pkg/record", "pkg/config", "pkg/prompt", "pkg/report", "pkg/ui", "pkg/chart", "pkg/verdict", "pkg/history", "pkg/story", "pkg/document"},
		not: []string{"net/http/..."},
		why: "HTTP belongs to pkg/wire and those who speak through it",
	},
	{
		in:  []string{"pkg/engine"},
		not: []string{"pkg/wire"},
		why: "a protocol's frames come without a clock; timing is the business of pkg/bench",
	},
	{
		in:  []string{"pkg/report", "pkg/ui", "pkg/chart", "pkg/verdict", "pkg/history", "pkg/story", "pkg/document"},
		not: []string{"pkg/engine", "pkg/wire", "pkg/load", "pkg/simulate"},
		why: "whatever renders reads results, so that an old run is redrawn from its directory alone",
	},
	{
		except: []string{"pkg/kube", "pkg/discover", "pkg/infra", "pkg/fleet", "pkg/cmd/...", "test/..."},
		not:    []string{"k8s.io/...", "sigs.k8s.io/...", "github.com/openshift/..."},
		why:    "Kubernetes belongs to pkg/kube, those who look for engines in it, judge it or run in it",
	},
	{
		in:  []string{"pkg/discover", "pkg/infra", "pkg/fleet"},
		not: []string{"k8s.io/client-go/..."},
		why: "discovery reads an inventory, the infrastructure's rules a survey; only pkg/kube talks to the API server",
	},
}

// exceptions are single names of a banned package that a package uses all the
// same, because they do nothing: they are errors.
var exceptions = map[string][]string{
	"pkg/kube":     {"os.ErrDeadlineExceeded"},
	"pkg/wire":     {"os.ErrDeadlineExceeded", "os.NewSyscallError"},
	"pkg/simulate": {"os.NewSyscallError"},
}
