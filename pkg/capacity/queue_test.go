package capacity

import (
	"math"
	"math/rand/v2"
)

// queue is a model of an engine whose law is known: one server, requests served
// in order, arrivals Poisson. Its TTFT is the whole time in the system.
type queue struct {
	arrivalPerS float64
	// service draws a service time in seconds.
	service func(*rand.Rand) float64
	warmupS float64
	rng     *rand.Rand

	now, free float64
	all, buf  []Request
}

func newQueue(rate float64, seed uint64, service func(*rand.Rand) float64, warmupS float64) *queue {
	q := &queue{arrivalPerS: rate, service: service, warmupS: warmupS, rng: rand.New(rand.NewPCG(seed, math.Float64bits(rate)))}
	q.now = -warmupS
	q.free = q.now
	return q
}

// until serves what comes before an instant of the measured window and returns
// what an observer sees then.
func (q *queue) until(t float64) Observation {
	for {
		gap := q.rng.ExpFloat64() / q.arrivalPerS
		q.now += gap
		start := max(q.now, q.free)
		q.free = start + q.service(q.rng)
		q.all = append(q.all, Request{
			AtS: q.now, EndS: q.free, Outcome: Succeeded,
			TTFT: (q.free - q.now) * 1000, TTFA: math.NaN(), TPOT: math.NaN(), E2E: (q.free - q.now) * 1000,
		})
		if q.now > t {
			break
		}
	}
	return q.seen(t)
}

// seen is what is known at an instant: what has not ended is under way.
func (q *queue) seen(t float64) Observation {
	o := Observation{NowS: t, Requests: q.buf[:0]}
	defer func() { q.buf = o.Requests }()
	for _, r := range q.all {
		if r.AtS >= t {
			break
		}
		if r.EndS > t {
			r.Outcome, r.EndS, r.TTFT, r.E2E = Pending, math.Inf(1), math.NaN(), math.NaN()
		}
		o.Requests = append(o.Requests, r)
	}
	return o
}

// ended is the window up to t once everything of it has ended.
func (q *queue) ended(t float64) Observation {
	o := Observation{NowS: t, Over: true, Requests: q.buf[:0]}
	for _, r := range q.all {
		if r.AtS < t {
			o.Requests = append(o.Requests, r)
		}
	}
	return o
}

func exponential(perS float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return r.ExpFloat64() / perS }
}

// step takes a step as pkg/bench does: looks, an early stop, and the final word
// when all have ended.
func step(r Rules, rate float64, q *queue) Step {
	var s Step
	for _, at := range r.Looks() {
		o := q.until(at)
		if s = r.Judge(rate, o); s.Point.Verdict == "cannot-say" {
			continue
		}
		if final := r.Judge(rate, q.ended(at)); !s.Growing {
			return final
		}
		return s
	}
	return s
}

func search(s Search, take func(rate float64) Step) (steps []Step) {
	for rate, more := s.Next(nil); more; rate, more = s.Next(steps) {
		steps = append(steps, take(rate))
	}
	return steps
}
