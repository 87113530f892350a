package summary

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// gaugesOf are the gauges of a reading.
var gaugesOf = [...]func(record.ServerSample) record.Float{
	func(s record.ServerSample) record.Float { return s.Queue },
	func(s record.ServerSample) record.Float { return s.Running },
	func(s record.ServerSample) record.Float { return s.KVCache },
}

// gauges fills in the gauges over the measured windows.
func (c *cell) gauges(v *record.ServerView) {
	windows := c.windows()
	for i, into := range [...]**record.Gauge{&v.Queue, &v.Running, &v.KVCache} {
		var g record.Gauge
		n := 0
		for _, s := range c.server {
			value, known := gaugesOf[i](s).Get()
			if _, inside := windows.at(s.TMS); inside && known && s.Status == record.StatusOK {
				g.Mean, g.Max, n = g.Mean+value, max(g.Max, value), n+1
			}
		}
		if n > 0 {
			g.Mean /= float64(n)
			*into = &g
		}
	}
}

// gaugesOver puts the mean of each gauge into the slices of a timeline.
func (c *cell) gaugesOver(cut spans, points []record.TimelinePoint) {
	for g, of := range gaugesOf {
		sums := make([]spent, len(cut))
		for _, s := range c.server {
			value, known := of(s).Get()
			if i, inside := cut.at(s.TMS); inside && known && s.Status == record.StatusOK {
				sums[i].sum, sums[i].n = sums[i].sum+value, sums[i].n+1
			}
		}
		for i, s := range sums {
			if s.n > 0 {
				p := &points[i]
				*[...]*record.Float{&p.Queue, &p.Running, &p.KVCache}[g] = record.Some(s.sum / float64(s.n))
			}
		}
	}
}
