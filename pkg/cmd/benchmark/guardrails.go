package benchmark

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// inFlightCap is how many requests a run may have under way to one engine where
// nobody says otherwise: more than engines run at once, and fewer than hurt a
// router by accident.
const inFlightCap = 2000

// lookApart is how far apart an engine's metrics are looked at before a stress.
const lookApart = 2 * time.Second

// rails keep a run from doing harm.
type rails struct {
	maxErrorRate float64
	inFlight     int
	yes          bool
}

func (g *rails) bind(f *pflag.FlagSet) {
	f.Float64Var(&g.maxErrorRate, "max-error-rate", 0, "Leave an engine out of the rest of a scenario once more than this share of its last 50 requests failed or could not be sent, as 0.2; 0 bears any")
	f.IntVar(&g.inFlight, "in-flight-cap", inFlightCap, "Requests that may be under way to one engine; a load test that asks for more is refused")
	f.BoolVarP(&g.yes, "yes", "y", false, "Stress engines that serve others without asking")
}

// checkRails refuses a load that is heavier than the cap.
func (o *Options) checkRails() error {
	if r := o.Rails.maxErrorRate; !(r >= 0 && r <= 1) {
		return cli.Usagef("--max-error-rate %g: want a share from 0 to 1, as 0.2", r)
	}
	most := cmp.Or(o.Rails.inFlight, inFlightCap)
	if most < 1 {
		return cli.Usagef("--in-flight-cap %d: want at least 1", most)
	}
	for _, t := range o.config.Config.TestScenarios.LoadTests {
		switch {
		case t.ConcurrentUsers > most:
			return cli.Usagef("load test %q has %d users, and no more than %d requests may be under way: ask for fewer, or raise --in-flight-cap", t.Name, t.ConcurrentUsers, most)
		case t.IsOpen() && t.MaxInFlight > most:
			return cli.Usagef("load test %q may have %d requests under way, and no more than %d may be: lower its max_in_flight, or raise --in-flight-cap", t.Name, t.MaxInFlight, most)
		}
	}
	if c := o.config.Config.TestScenarios.Capacity; c.Enabled && c.MaxInFlight > most {
		return cli.Usagef("the search for the capacity may have %d requests under way, and no more than %d may be: lower test_scenarios.capacity.max_in_flight, or raise --in-flight-cap", c.MaxInFlight, most)
	}
	return nil
}

// asksAboutOthers says whether the run may be one that slows others down, unless
// that was agreed to.
func (o *Options) asksAboutOthers() bool { return o.Preset == "stress" && !o.Simulate && !o.Rails.yes }

// askAboutOthers asks whether engines may be stressed that serve others at this
// moment. Where nobody can be asked, it refuses, with what was seen.
func (o *Options) askAboutOthers(ctx context.Context, targets []*bench.Target) error {
	if !o.asksAboutOthers() {
		return nil
	}
	busy := bench.Others(ctx, targets, lookApart)
	if len(busy) == 0 {
		return nil
	}
	figures := make([]string, len(busy))
	for i, t := range busy {
		figures[i] = ui.Printable(t.String())
	}
	seen := strings.Join(figures, "; ")
	if !o.Streams.Live {
		return cli.Usagef("these engines serve others: %s; a stress would slow those down: wait, or say --yes", seen)
	}
	_, _ = fmt.Fprintf(o.Streams.Err, "These engines serve others: %s.\nA stress slows those down. Go on? [y/N] ", seen)
	answer, _ := bufio.NewReader(o.Streams.In).ReadString('\n') //nolint:errcheck // no answer is a no
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return cli.Usagef("not stressed, because the engines serve others; --yes goes on without asking")
}
