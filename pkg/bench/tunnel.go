package bench

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

const (
	// loneTrips is how many round trips, one after another, a median is made of.
	loneTrips = 40
	// stepTime bounds one step of a calibration; it has stepTrips a stream at most.
	stepTime  = 200 * time.Millisecond
	stepTrips = 25
	// strained is how many times the lone median a step's may be for the tunnel
	// to count as carrying it.
	strained = 2
)

// calibrationStreams are the streams at once that a calibration tries.
var calibrationStreams = []int{1, 2, 4, 8, 16, 32}

// calibrationStep is what some streams at once did: round trips over wall time.
type calibrationStep struct {
	streams int
	trips   []time.Duration
	took    time.Duration
}

// calibrate finds out what a tunnel adds to a round trip and how many a second
// it carries, by the engine's health endpoint, which costs the engine next to
// nothing. One tunnel is calibrated at a time.
func calibrate(ctx context.Context, t *Target) (record.Tunnel, error) {
	trip := func(ctx context.Context) (time.Duration, error) { return healthTrip(ctx, t) }
	lone, api, err := pairs(ctx, trip, t.APIRoundTrip)
	if err != nil {
		return record.Tunnel{}, err
	}
	var steps []calibrationStep
	for _, n := range calibrationStreams {
		s, err := together(ctx, trip, n)
		if err != nil {
			break // more streams at once would fare no better
		}
		steps = append(steps, s)
	}
	best := carried(steps, strained*median(lone))
	return record.Tunnel{
		RTTMS: record.Some(millis(median(lone))), APIRTTMS: record.Some(millis(median(api))),
		RoundTripsPerS: best.perSecond(), Streams: best.streams,
	}, ctx.Err()
}

func healthTrip(ctx context.Context, t *Target) (time.Duration, error) {
	path, begin := t.Protocol.HealthPath(), time.Now()
	status, _, _, err := getter{t}.Get(ctx, path)
	took := time.Since(begin)
	if err == nil && status >= http.StatusInternalServerError {
		err = fmt.Errorf("GET %s through the tunnel: HTTP %d", path, status)
	}
	return took, err
}

// pairs makes round trips through the tunnel and to the API server by turns,
// so that whatever else goes on strikes both alike. The first pair opens
// connections and does not count.
func pairs(ctx context.Context, trip, apiTrip func(context.Context) (time.Duration, error)) (lone, api []time.Duration, err error) {
	for i := range loneTrips + 1 {
		through, err := trip(ctx)
		if err != nil {
			return nil, nil, err
		}
		alone, err := apiTrip(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("measure the round trip to the API server: %w", err)
		}
		if i > 0 {
			lone, api = append(lone, through), append(api, alone)
		}
	}
	return lone, api, nil
}

// together makes round trips on n streams at once.
func together(ctx context.Context, trip func(context.Context) (time.Duration, error), n int) (calibrationStep, error) {
	var (
		mu     sync.Mutex
		all    sync.WaitGroup
		result = calibrationStep{streams: n}
		failed error
	)
	begin := time.Now()
	for range n {
		all.Go(func() {
			for i := 0; i < stepTrips && time.Since(begin) < stepTime; i++ {
				d, err := trip(ctx)
				mu.Lock()
				if err != nil {
					failed = err
				} else {
					result.trips = append(result.trips, d)
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	all.Wait()
	result.took = time.Since(begin)
	return result, failed
}

// carried picks the step with the most round trips a second among those whose
// median is within a limit. One stream alone is what the limit was made of, so
// it always counts.
func carried(steps []calibrationStep, limit time.Duration) (best calibrationStep) {
	for _, s := range steps {
		if s.streams > 1 && median(s.trips) > limit {
			continue
		}
		if s.perSecond().Or(0) > best.perSecond().Or(0) {
			best = s
		}
	}
	return best
}

func (s calibrationStep) perSecond() record.Float {
	if s.took <= 0 {
		return record.Float{}
	}
	return record.Some(float64(len(s.trips)) / s.took.Seconds())
}

// median is the middle one, the lower of two; 0 of none.
func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)/2]
}

// describeTunnel completes what is known of a target that is reached through a
// tunnel, and finds what a reader must know of it.
func describeTunnel(ctx context.Context, t *Target) record.Finding {
	tunnel, err := calibrate(ctx, t)
	if err != nil {
		return record.Finding{
			ID: "port-forward", Severity: record.SeverityWarn, Subject: t.Name,
			Message: "it is reached through a port-forward whose added latency could not be measured: " + err.Error(),
			Remedy:  tunnelRemedy,
		}
	}
	t.Info.Tunnel = &tunnel
	overhead := max(tunnel.RTTMS.Or(0)-tunnel.APIRTTMS.Or(0), 0)
	t.Info.TunnelOverheadMS = record.Some(overhead)
	return record.Finding{
		ID: "port-forward", Severity: record.SeverityInfo, Subject: t.Name,
		Message: fmt.Sprintf("it is reached through a port-forward, whose streams share one connection, so arrivals are stamped in user space; a round trip to its health endpoint takes %.1f ms, one to the API server %.1f ms, so the tunnel adds %s to every time; it carried %.0f round trips a second on %d streams",
			tunnel.RTTMS.Or(0), tunnel.APIRTTMS.Or(0), added(overhead), tunnel.RoundTripsPerS.Or(0), tunnel.Streams),
		Remedy: tunnelRemedy,
	}
}

// added words what a tunnel adds; less than a tenth of a millisecond is lost in
// what the two round trips differ by anyway.
func added(ms float64) string {
	if ms < 0.1 {
		return "less than 0.1 ms"
	}
	return fmt.Sprintf("about %.1f ms", ms)
}

const tunnelRemedy = "for numbers without the tunnel, expose the engine with a Route or an Ingress, or measure from inside the cluster with --in-cluster"
