package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

const (
	// scrapeInterval is how often an engine's metrics are read, scrapeTimeout how
	// long a reading may take; the next one begins no sooner than it has ended.
	scrapeInterval = time.Second
	scrapeTimeout  = 900 * time.Millisecond
	// maxMetricsBody bounds a reading, in bytes. A vLLM that serves one model
	// has some 60 KB.
	maxMetricsBody = 4 << 20
	// settle is how long an engine may take to count what it has sent already,
	// settleTries how often it is looked at again where it still works.
	settle      = 50 * time.Millisecond
	settleTries = 10
	// edgeTries is how often a reading at an edge is tried: without it nothing of
	// the block can be compared.
	edgeTries = 2
	// mostUnread is after how many failures an engine whose metrics were never
	// read is not asked again.
	mostUnread = 3
)

// errNoMetrics says that the endpoint does not let its metrics be read.
var errNoMetrics = errors.New("the endpoint gives no metrics")

// scrapeState is what a run knows of reading one target's metrics.
type scrapeState struct {
	read     atomic.Bool  // it has worked
	failures atomic.Int64 // before it ever worked
}

// hopeless says that asking again would fail again.
func (s *scrapeState) hopeless() bool { return !s.read.Load() && s.failures.Load() >= mostUnread }

// note takes the outcome of a reading. An endpoint that refuses to give metrics,
// or gives something else, does so every time.
func (s *scrapeState) note(status record.Status) {
	switch status {
	case record.StatusOK:
		s.read.Store(true)
	case record.StatusHTTP4xx, record.StatusMalformed:
		s.failures.Store(mostUnread)
	default:
		s.failures.Add(1)
	}
}

// scraper reads the metrics of one target during one block.
type scraper struct {
	r       *runner
	t       *Target
	metered engine.Metered
	state   *scrapeState
	like    record.ServerSample // with what its readings have in common
	to      func(record.ServerSample)
}

// scrape reads a target's metrics once now, then each second, and a last time in
// the function it returns, which is to be called when nothing of the block is
// under way any more. It uses no measured connection. An engine without metrics
// is let alone.
func (r *runner) scrape(ctx context.Context, t *Target, scenario, block string) (stop func()) {
	return r.scrapeTo(ctx, t, scenario, block, r.Sink.Server)
}

// scrapeTo is scrape with another place for the readings to go.
func (r *runner) scrapeTo(ctx context.Context, t *Target, scenario, block string, to func(record.ServerSample)) (stop func()) {
	metered, ok := t.Protocol.(engine.Metered)
	known, _ := r.scraped.LoadOrStore(t, &scrapeState{})
	state := known.(*scrapeState)
	if !ok || state.hopeless() || ctx.Err() != nil || !r.leads() {
		return func() {}
	}
	s := &scraper{r: r, t: t, metered: metered, state: state, to: to, like: record.ServerSample{
		Engine: t.Name, Endpoint: t.Info.Endpoint, Scenario: scenario, Block: block,
	}}
	s.edge(ctx, record.EdgeOpen, edgeTries)
	if state.hopeless() {
		return func() {}
	}
	between, cancel := context.WithCancel(ctx)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		s.watch(between)
	}()
	return func() {
		cancel()
		<-gone
		s.close(context.WithoutCancel(ctx))
	}
}

// scrapeAll does that for a block of every target at once.
func (r *runner) scrapeAll(ctx context.Context, scenario string, index int) (stop func()) {
	stops := make([]func(), len(r.Targets))
	var all sync.WaitGroup
	for i, t := range r.Targets {
		all.Go(func() { stops[i] = r.scrape(ctx, t, scenario, blockID(index, t.Name, 0)) })
	}
	all.Wait()
	return func() {
		for _, stop := range stops {
			all.Go(stop)
		}
		all.Wait()
	}
}

// watch reads until ctx ends.
func (s *scraper) watch(ctx context.Context) {
	tick := time.NewTicker(scrapeInterval)
	defer tick.Stop()
	for !s.state.hopeless() {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if reading := s.read(ctx); ctx.Err() == nil {
			s.keep(reading)
		}
	}
}

// edge reads until a reading succeeds, a few times at most.
func (s *scraper) edge(ctx context.Context, edge string, tries int) {
	for range tries {
		reading := s.read(ctx)
		if ctx.Err() != nil {
			return
		}
		reading.Edge = edge
		s.keep(reading)
		if reading.Status == record.StatusOK || s.state.hopeless() {
			return
		}
	}
}

// close reads the last time, once the engine has had the time to notice that
// the last request of ours has ended.
func (s *scraper) close(ctx context.Context) {
	for range settleTries {
		sleep(ctx, settle)
		reading := s.read(ctx)
		if reading.Running.Or(0)+reading.Queue.Or(0) > 0 {
			continue // with ours, or with somebody else's for ever
		}
		reading.Edge = record.EdgeClose
		s.keep(reading)
		if reading.Status != record.StatusOK && !s.state.hopeless() {
			s.edge(ctx, record.EdgeClose, edgeTries-1)
		}
		return
	}
	s.edge(ctx, record.EdgeClose, edgeTries)
}

func (s *scraper) keep(reading record.ServerSample) {
	s.state.note(reading.Status)
	s.to(reading)
}

// read makes one reading.
func (s *scraper) read(parent context.Context) record.ServerSample {
	ctx, cancel := context.WithTimeout(parent, scrapeTimeout)
	defer cancel()
	asked := time.Now()
	status, header, body, err := getter{s.t}.send(ctx, http.MethodGet, s.metered.MetricsPath(), nil, maxMetricsBody+1)
	ended := time.Now()
	reading := record.ServerSample{}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		reading.Status, err = record.StatusTimeoutTotal, fmt.Errorf("no metrics within %v", scrapeTimeout)
	case err != nil:
		reading.Status = classify(ctx, err, wire.PhaseConnect)
	default:
		reading, err = s.decode(status, header, body)
	}
	if err != nil {
		reading.Message = s.t.hide(printable(err.Error()))
	}
	reading.Engine, reading.Endpoint, reading.Scenario, reading.Block = s.like.Engine, s.like.Endpoint, s.like.Scenario, s.like.Block
	reading.TMS, reading.TookMS = millis(asked.Add(ended.Sub(asked)/2).Sub(s.r.Start)), millis(ended.Sub(asked))
	return reading
}

// decode reads an answer to the question for metrics.
func (s *scraper) decode(status int, header http.Header, body []byte) (record.ServerSample, error) {
	refused := func(class record.Status) (record.ServerSample, error) {
		return record.ServerSample{Status: class}, fmt.Errorf("%w: GET %s answers HTTP %d", errNoMetrics, s.metered.MetricsPath(), status)
	}
	switch {
	case status >= 500:
		return refused(record.StatusHTTP5xx)
	case status == http.StatusTooManyRequests:
		return refused(record.StatusHTTP429)
	case status >= 400:
		return refused(record.StatusHTTP4xx)
	case status != http.StatusOK || header.Get("Content-Encoding") != "":
		return refused(record.StatusMalformed)
	}
	reading, err := s.metered.ReadMetrics(body)
	if err != nil {
		return record.ServerSample{Status: record.StatusMalformed}, err
	}
	reading.Status = record.StatusOK
	return reading, nil
}
