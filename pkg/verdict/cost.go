package verdict

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// price fills in what a million output tokens cost at the load of each row:
//
//	price of a GPU-hour * GPUs / (output tokens per second * 3600) * 1,000,000
//
// It is absent without a price, without a rate, and where nobody says how many
// GPUs there are.
func price(s *record.Summary, c Cost) {
	s.Currency = ""
	for i := range s.Scenarios {
		rows := s.Scenarios[i].Engines
		for k := range rows {
			rows[k].CostPerMillionOutputTokens = costOf(rows[k], infoOf(*s, rows[k].Engine), c)
			if rows[k].CostPerMillionOutputTokens.Known() {
				s.Currency = c.Currency
			}
		}
	}
}

func costOf(e record.EngineResult, info record.EngineInfo, c Cost) record.Float {
	gpus := c.GPUs[e.Engine]
	if gpus == 0 && info.GPU != nil {
		gpus = info.GPU.Count * max(info.Replicas, 1)
	}
	rate, known := e.OutputTokensPerS.Get()
	if c.PerGPUHour <= 0 || gpus <= 0 || !known || rate <= 0 {
		return record.Float{}
	}
	return record.Some(c.PerGPUHour * float64(gpus) / (rate * 3600) * 1e6)
}
