package runs

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/verdict"
)

// Gate is by how much numbers may get worse, and what it means where nobody can
// say whether they did.
type Gate struct {
	// Text is the gate as it was written, "" for none.
	Text string
	// Unknown is UnknownPass, which "" stands for, or UnknownFail.
	Unknown string
	limits  verdict.Gate
}

// What a gate makes of a limit that cannot be judged.
const (
	UnknownPass = "pass"
	UnknownFail = "fail"
)

// Bind adds --gate and --gate-unknown.
func (g *Gate) Bind(f *pflag.FlagSet) {
	f.StringVar(&g.Text, "gate", "", "By how much numbers may get worse, as ttft_p95:+10%,success:-0.5pp; exits with 3 where one is significantly worse by more")
	f.StringVar(&g.Unknown, "gate-unknown", UnknownPass, "What a limit does that nobody can judge, because the change may be chance or a number is missing: pass (with a warning) or fail")
}

// Complete reads the gate. What it returns is a usage error.
func (g *Gate) Complete() error {
	if g.Unknown = cmp.Or(g.Unknown, UnknownPass); g.Unknown != UnknownPass && g.Unknown != UnknownFail {
		return cli.Usagef("--gate-unknown %q is not one of pass, fail", g.Unknown)
	}
	if g.Text == "" {
		return nil
	}
	limits, err := verdict.ParseGate(g.Text)
	if err != nil {
		return cli.Usagef("--gate: %w", err)
	}
	g.limits = limits
	return nil
}

// Err is an error that wraps cli.ErrGateFailed where the gate of a comparison
// failed, or could not be judged though it should have been.
func (g *Gate) Err(c record.Comparison) error {
	if c.Gate == nil {
		return nil
	}
	if failed := named(c.Gate.Checks, record.GateFail); c.Gate.Status == record.GateFail {
		return fmt.Errorf("%w: %s", cli.ErrGateFailed, failed)
	}
	if g.Unknown == UnknownFail && c.Gate.Status == record.GateCannotSay {
		return fmt.Errorf("%w: nobody can judge %s, and --gate-unknown=fail wants that", cli.ErrGateFailed, named(c.Gate.Checks, record.GateCannotSay))
	}
	return nil
}

// Doubt says which limits passed only because nobody could judge them, "" where none
// did.
func (g *Gate) Doubt(c record.Comparison) string {
	if g.Unknown == UnknownFail || c.Gate == nil {
		return ""
	}
	unknown := named(c.Gate.Checks, record.GateCannotSay)
	if unknown == "" {
		return ""
	}
	return fmt.Sprintf("nobody can judge %s, which passes unless --gate-unknown=fail", unknown)
}

// named lists the limits that came out so.
func named(checks []record.GateCheck, status string) string {
	var all []string
	for _, c := range checks {
		if c.Status != status {
			continue
		}
		text := c.Limit
		if c.Engine != "" {
			text += fmt.Sprintf(" for %s in %s", c.Engine, c.Scenario)
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}
