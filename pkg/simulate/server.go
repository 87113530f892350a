package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say which engine to simulate, and how.
type Options struct {
	// Engine is vllm, tgi or ollama.
	Engine string
	// Model is the name of the model it serves, "" for a name of ours.
	Model string
	// Seed decides answers, lengths, jitter and the draw of faults.
	Seed uint64
	// Reasoning is how many tokens of reasoning come before each answer.
	Reasoning int
	// Faults are tried on every generation request, each by its share.
	Faults []Fault
	// Truth, where set, gets one JSON document a line for every generation
	// request, in one write when the request has ended (truthLine).
	Truth io.Writer
	// Profile is the engine's speed and size; the zero value stands for
	// DefaultProfile.
	Profile Profile
}

// defaultModel is served where no other name is given.
const defaultModel = "simulated/tiny-7b"

// dialect is one engine's row.
type dialect struct {
	profile Profile
	// server is its Server header, "" for none.
	server string
	// merges says that tokens which wait for a slow reader share a frame.
	merges bool
	// idle is how long the engine keeps an idle connection open, 0 for ever.
	idle time.Duration
	// bounds are the buckets of its histograms, given the most tokens a request
	// may have; nil where it keeps none.
	bounds func(limit int) map[measure][]float64
	// routes adds the engine's routes.
	routes func(*Server, *http.ServeMux)
	// unavailable is a refusal in its words, for a status that a fault asks for.
	unavailable func(status int) refusal
	// nothing is its nearest to an answer without a token.
	nothing func(answer) answer
}

// Server is one simulated engine.
type Server struct {
	options Options
	dialect dialect
	meter   *meter
	pump    *pump
	truth   truthLog
	mux     *http.ServeMux
	ordinal atomic.Uint64
}

// New returns a server of the engine that the options describe. It fails on an
// unknown engine, on a profile that no engine could have, and on a fault that
// the engine cannot have.
func New(o Options) (*Server, error) {
	d, ok := dialects[o.Engine]
	if !ok {
		return nil, fmt.Errorf("cannot simulate engine %q: want one of %s", o.Engine, strings.Join(slices.Sorted(maps.Keys(dialects)), ", "))
	}
	o.Profile = o.Profile.filled(d.profile)
	if err := o.Profile.validate(); err != nil {
		return nil, fmt.Errorf("simulate %s: %w", o.Engine, err)
	}
	if o.Reasoning < 0 {
		return nil, fmt.Errorf("simulate %s: reasoning of %d tokens is negative", o.Engine, o.Reasoning)
	}
	for _, f := range o.Faults {
		if f.kind == "merge" && !d.merges {
			return nil, fmt.Errorf("simulate %s: fault merge: this engine sends every token in a frame of its own", o.Engine)
		}
	}
	if o.Model == "" {
		o.Model = defaultModel
	}
	s := &Server{options: o, dialect: d, truth: truthLog{w: o.Truth}, mux: http.NewServeMux()}
	s.meter = newMeter(nil)
	if d.bounds != nil {
		s.meter = newMeter(d.bounds(o.Profile.limit()))
	}
	s.pump = newPump(o.Profile, o.Seed, s.meter)
	d.routes(s, s.mux)
	return s, nil
}

// Handler returns the engine's routes, for a test that brings its own server.
// Without Serve there are no socket stamps in the truth log.
func (s *Server) Handler() http.Handler {
	if s.dialect.server == "" {
		return s.mux
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", s.dialect.server)
		s.mux.ServeHTTP(w, r)
	})
}

// Serve answers on the listener until the context ends, then breaks the
// streams off as a killed engine would, and returns nil when everything it
// started has ended. It closes the listener.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	var open sync.WaitGroup
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: time.Minute,
		IdleTimeout:       s.dialect.idle,
		ErrorLog:          log.New(io.Discard, "", 0),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnContext:       withConn,
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				open.Add(1)
			case http.StateClosed, http.StateHijacked:
				open.Done()
			case http.StateActive, http.StateIdle:
			}
		},
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) //nolint:errcheck // everything ends anyway
	defer stop()
	err := server.Serve(listen(ln))
	_ = server.Close() //nolint:errcheck // the listener may have gone already
	open.Wait()
	s.pump.loop.Wait()
	if ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve %s on %s: %w", s.options.Engine, ln.Addr(), err)
}

// maxBody bounds a request; the longest prompts of any engine fit well.
const maxBody = 64 << 20

// generation answers a route that generates.
func (s *Server) generation(read reader) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t := &turn{s: s, r: r, ordinal: s.ordinal.Add(1) - 1, out: newOutput(w, connOf(r.Context()))}
		t.line.RequestID = requestName(r, t.ordinal)
		t.strikes = draw(s.options.Faults, s.options.Seed, t.ordinal)
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		t.received = time.Now()
		t.line.ReadNS = t.received.UnixNano()
		if t.out.conn != nil {
			t.line.ReceivedNS = t.out.conn.receive.received()
		}
		if err != nil {
			t.line.Outcome = outcomeCancelled
			s.truth.write(t.line)
			panic(http.ErrAbortHandler)
		}
		s.meter.request()
		t.line.Outcome = t.run(read, body)
		t.line.FramesNS, t.line.Tokens = t.out.frames, t.out.tokens
		s.truth.write(t.line)
		if t.broken {
			panic(http.ErrAbortHandler) // net/http's way to end without the last chunk
		}
	}
}
