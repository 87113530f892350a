package story

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// method says how it was measured and what the words mean, as docs/metrics.md
// does.
func method(s record.Summary) []Block {
	blocks := []Block{
		Heading{"What each number means"}, Definitions{Terms: terms},
		Heading{"How it was measured"}, Definitions{Terms: append(clocks(s), practice...)},
		Heading{"How sure it is"}, Definitions{Terms: certainty(runLevel(s))},
	}
	return blocks
}

var terms = []Term{
	{"TTFT", "Time to first token: first token minus sent. It holds the network’s way there and back, the engine’s queue, and the prefill of the prompt. A frame that only announces a role or holds empty text is no token."},
	{"TTFT from schedule", "First token minus scheduled: what a user would have waited who came when the load shape said."},
	{"TTFA", "Time to first answer, for models that reason before they answer: first frame with text of the answer minus sent."},
	{"TPOT", "Time per output token: (last token minus first token) / (N − k), where N is the number of output tokens and k how many of them the first frame carried. One value a request. It does not exist for an answer that ended with its first frame."},
	{"Inter-chunk gap", "The time between one frame with output and the next. A frame may hold several tokens, so a gap is what a reader sees, and not a time per token."},
	{"ITL", "Inter-token latency: gaps per token, known only where the engine says how many tokens each frame holds. Elsewhere there is none, and no guess at one."},
	{"End-to-end latency", "E2E: last token minus sent."},
	{"Client queue delay", "Sent minus scheduled: the client’s own lateness and, on a new connection, the time to open it. Nothing of it is part of TTFT."},
	{"Output tokens", "N as the engine counted it, else from its running count, else one for each token event or frame. Never the number that was asked for."},
	{"Requests/s, tokens/s", "Over the measured window only; what reaches over an edge counts by the part that lies inside."},
	{"Goodput", "Requests per second that succeeded and met every limit of the SLO. With no limit set there is no goodput."},
	{"SLO attainment", "The share of attempts that met every limit. A failed one met none; a cancelled one is left out."},
	{"Success", "The engine said that it had finished, and at least one token came. HTTP status 200 is not enough."},
	{"Client-bound", "The measuring client was at its limit, so the numbers are of this machine as much as of the engine."},
}

var practice = []Term{
	{"Order", "The sequential scenario asks the engines in alternating order, each the same prompts, so that whatever changes on the cluster meanwhile changes for all of them. Warm-up enters no count and no percentile."},
	{"Closed loop", "Users send, wait for the answer, think, and send again. A slow engine is asked less often, so users who would have come while it stood still do not exist: coordinated omission. The result says how an engine serves N users, not N requests a second."},
	{"Open loop", "Requests go out when they are due, whether or not those before them were answered: who comes while the engine stands still waits, and is counted. Requests due while as many as may be were under way are dropped, and counted as that."},
	{"Retries", "Each attempt is a sample of its own. A retry’s times in a summary count from when its request was first scheduled."},
}

func clocks(s record.Summary) []Term {
	return []Term{{"Clock", "All stamps are of one monotonic clock. A frame arrives when its last byte reaches this machine: by the kernel’s receive stamp where there is one, else by the time right after the read. This run: " + clock(s.Tool.Clock) + "."}}
}

func certainty(level float64) []Term {
	return []Term{
		{"Percentiles", "P50, P90, P95, P99 and P99.9 are order statistics by nearest rank: values that were observed. One is given only where the sample can bear it, which is where its confidence interval exists; else n/a, and how many successful requests it takes. Gaps come from a histogram of 3 significant digits."},
		{"Intervals", "At " + Level(level) + ". Those of percentiles are distribution-free: two observations whose ranks follow from the binomial distribution. They take observations for independent of each other; requests of one load test are not quite that, and gaps of one answer even less, so there the true interval is wider."},
		{"Comparison", "An engine is said to be better only where the difference is larger than chance and larger than the practical threshold. “No significant difference” is an answer. p-values are corrected for all pairs (Holm). Client-bound rows take no part."},
	}
}
