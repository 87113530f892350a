package config

// TestScenarios is what a run measures, in this order.
type TestScenarios struct {
	// Time to first token of single requests, one at a time, the engines in alternating order.
	TTFT TTFT `yaml:"ttft" json:"ttft" jsonschema:"nullable"`
	// Load tests, each against every engine. A list in a higher layer replaces this one whole.
	LoadTests []LoadTest `yaml:"load_tests" json:"load_tests" jsonschema:"nullable"`
	// The search for the most load that each engine carries within an SLO.
	Capacity Capacity `yaml:"capacity" json:"capacity" jsonschema:"nullable"`
}

// TTFT is the scenario of single requests.
type TTFT struct {
	// Run this scenario. Left out, it runs.
	Enabled *bool `yaml:"enabled" json:"enabled" jsonschema:"nullable"`
	// Measured requests to each engine. A 95 % interval of p95 needs 72, of p99 368.
	Iterations int `yaml:"iterations" json:"iterations" jsonschema:"minimum=1,maximum=1000000"`
	// Stop as soon as it is known which engine gives its first token soonest, or each engine's median; iterations is then the most.
	UntilConfident bool `yaml:"until_confident" json:"until_confident"`
	// How narrowly each median must be known for until_confident to stop where no engine leads: the width of its interval, as a share of it.
	ConfidentWidth float64 `yaml:"confident_width" json:"confident_width" jsonschema:"exclusiveMinimum=0,maximum=1"`
	// The limit that target_statistic of TTFT must meet, in milliseconds; null sets none.
	TargetMS *float64 `yaml:"target_ms" json:"target_ms" jsonschema:"nullable,exclusiveMinimum=0,maximum=604800000"`
	// The statistic that target_ms limits.
	TargetStatistic string `yaml:"target_statistic" json:"target_statistic" jsonschema:"enum=mean,enum=p50,enum=p90,enum=p95,enum=p99"`
	// Requests to each engine before anything counts; they load cold models and fill connection pools.
	WarmupIterations int `yaml:"warmup_iterations" json:"warmup_iterations" jsonschema:"minimum=0,maximum=1000000"`
	// The most tokens of an answer here; 0 takes generation.max_tokens.
	MaxTokens int `yaml:"max_tokens" json:"max_tokens" jsonschema:"minimum=0,maximum=1000000"`
}

// IsEnabled says whether the scenario runs. Where nothing says so either way,
// it runs if it has iterations to make.
func (t TTFT) IsEnabled() bool {
	if t.Enabled != nil {
		return *t.Enabled
	}
	return t.Iterations > 0
}

// The arrivals of a LoadTest.
const (
	ArrivalUsers    = "users"
	ArrivalConstant = "constant"
	ArrivalPoisson  = "poisson"
	ArrivalGamma    = "gamma"
	ArrivalRamp     = "ramp"
	ArrivalSteps    = "steps"
	ArrivalBurst    = "burst"
	ArrivalTrace    = "trace"
)

// LoadTest is a load. With the arrival users it is a closed loop: a number of
// users who each send the next request when the last one ended and they have
// thought about it. Every other arrival is an open loop: requests go out at a
// rate, whether or not the engine keeps up.
type LoadTest struct {
	// The scenario's name in results, unique in the file.
	Name string `yaml:"name" json:"name" jsonschema:"required,minLength=1,maxLength=64"`
	// What decides when requests go out: users who wait for answers (users), or a rate: even (constant), random (poisson, or gamma with burstiness), rising or falling (ramp), in steps, in bursts (burst), or as those of a trace came (trace). Users where it is left out.
	Arrival string `yaml:"arrival,omitempty" json:"arrival" jsonschema:"enum=users,enum=constant,enum=poisson,enum=gamma,enum=ramp,enum=steps,enum=burst,enum=trace"`
	// Users who talk to one engine at the same time; of the arrival users.
	ConcurrentUsers int `yaml:"concurrent_users,omitempty" json:"concurrent_users,omitempty" jsonschema:"minimum=1,maximum=100000"`
	// Several numbers of users, each a scenario of its own: NAME-8-users; in place of concurrent_users.
	UsersSweep []int `yaml:"users_sweep,omitempty" json:"users_sweep,omitempty" jsonschema:"nullable,uniqueItems=true,minimum=1,maximum=100000"`
	// Requests per second to one engine; of constant, poisson and gamma, and where ramp begins.
	RatePerS float64 `yaml:"rate_per_s,omitempty" json:"rate_per_s,omitempty" jsonschema:"exclusiveMinimum=0,maximum=100000"`
	// Several rates, each a scenario of its own: NAME-4-per-s; in place of rate_per_s of constant, poisson and gamma.
	RateSweep []float64 `yaml:"rate_sweep,omitempty" json:"rate_sweep,omitempty" jsonschema:"nullable,uniqueItems=true,exclusiveMinimum=0,maximum=100000"`
	// Requests per second where ramp ends.
	ToRatePerS float64 `yaml:"to_rate_per_s,omitempty" json:"to_rate_per_s,omitempty" jsonschema:"exclusiveMinimum=0,maximum=100000"`
	// How even the random gaps of gamma are, as vLLM's --burstiness: 1 is poisson, less comes in clusters, more is more even.
	Burstiness float64 `yaml:"burstiness,omitempty" json:"burstiness,omitempty" jsonschema:"exclusiveMinimum=0,maximum=1000000"`
	// The stretches of steps, one after another.
	Steps []RateStep `yaml:"steps,omitempty" json:"steps,omitempty" jsonschema:"nullable"`
	// Requests that burst sends at once.
	BurstSize int `yaml:"burst_size,omitempty" json:"burst_size,omitempty" jsonschema:"minimum=1,maximum=100000"`
	// The time from one burst to the next, in seconds.
	BurstPeriodSeconds float64 `yaml:"burst_period_seconds,omitempty" json:"burst_period_seconds,omitempty" jsonschema:"minimum=0.001,maximum=604800"`
	// The requests that trace replays.
	Trace TraceFile `yaml:"trace,omitempty" json:"trace,omitzero" jsonschema:"nullable"`
	// Requests that may be under way to one engine in an open loop; those that are due beyond them are dropped and counted. 1000 where it is left out.
	MaxInFlight int `yaml:"max_in_flight,omitempty" json:"max_in_flight,omitempty" jsonschema:"minimum=1,maximum=100000"`
	// The measured time for each engine, in seconds, all rounds together; of steps it is their sum, and of a trace all of it where it is left out.
	DurationSeconds float64 `yaml:"duration_seconds,omitempty" json:"duration_seconds,omitempty" jsonschema:"minimum=0.1,maximum=604800"`
	// The limit that p95 of target_metric must meet, in milliseconds; null sets none.
	TargetP95MS *float64 `yaml:"target_p95_ms,omitempty" json:"target_p95_ms" jsonschema:"nullable,exclusiveMinimum=0,maximum=604800000"`
	// The metric that target_p95_ms limits; ttft where it is left out.
	TargetMetric string `yaml:"target_metric,omitempty" json:"target_metric" jsonschema:"enum=ttft,enum=e2e,enum=tpot,enum=ttft_from_schedule,enum=e2e_from_schedule"`
	// The time over which users arrive, in seconds, before each round's measured time; of the arrival users.
	RampUpSeconds float64 `yaml:"ramp_up_seconds,omitempty" json:"ramp_up_seconds" jsonschema:"minimum=0,maximum=604800"`
	// The time at full load, or at the rate with which an open loop begins, before each round's measured time, in seconds.
	WarmupSeconds float64 `yaml:"warmup_seconds,omitempty" json:"warmup_seconds" jsonschema:"minimum=0,maximum=604800"`
	// How long a user waits between an answer and the next request; of the arrival users.
	ThinkTime ThinkTime `yaml:"think_time,omitempty" json:"think_time" jsonschema:"nullable"`
	// The most tokens of an answer here; 0 takes generation.max_tokens.
	MaxTokens int `yaml:"max_tokens,omitempty" json:"max_tokens" jsonschema:"minimum=0,maximum=1000000"`
	// Turns into which the duration is cut, the engines alternating between them, so that a drift of the cluster meets all alike; 1 where it is left out.
	Rounds int `yaml:"rounds,omitempty" json:"rounds" jsonschema:"minimum=1,maximum=1000"`
}

// IsOpen says whether the load is an open loop.
func (t LoadTest) IsOpen() bool { return t.Arrival != "" && t.Arrival != ArrivalUsers }

// RateStep is a stretch of an open loop with one rate.
type RateStep struct {
	// Requests per second to one engine; 0 is a pause.
	RatePerS float64 `yaml:"rate_per_s" json:"rate_per_s" jsonschema:"required,minimum=0,maximum=100000"`
	// How long the step takes, in seconds, all rounds together.
	DurationSeconds float64 `yaml:"duration_seconds" json:"duration_seconds" jsonschema:"required,minimum=0.1,maximum=604800"`
}

// TraceFile says which requests of others are replayed, and how fast.
type TraceFile struct {
	// The file, relative to the configuration file that names it.
	File string `yaml:"file,omitempty" json:"file,omitempty" file:""`
	// What the file holds: Mooncake's JSONL (mooncake), Azure's CSV (azure), or JSONL with at_s, prompt_tokens and output_tokens (own). Told by its content where it is left out.
	Format string `yaml:"format,omitempty" json:"format,omitempty" jsonschema:"enum=mooncake,enum=azure,enum=own"`
	// How many times as fast as they came the requests go out; 1 where it is left out.
	Speed float64 `yaml:"speed,omitempty" json:"speed,omitempty" jsonschema:"exclusiveMinimum=0,maximum=1000000"`
	// The most requests that are read of the file; all where it is left out.
	MaxRequests int `yaml:"max_requests,omitempty" json:"max_requests,omitempty" jsonschema:"minimum=1,maximum=5000000"`
}

// ThinkTime is how long a user waits before the next request. Its zero value
// does not wait.
type ThinkTime struct {
	// How the wait is drawn: always seconds (fixed), between min_seconds and max_seconds (uniform), or exponential with the mean seconds. Fixed where it is left out.
	Distribution string `yaml:"distribution,omitempty" json:"distribution,omitempty" jsonschema:"enum=fixed,enum=uniform,enum=exponential"`
	// The wait of fixed and the mean of exponential, in seconds.
	Seconds float64 `yaml:"seconds,omitempty" json:"seconds" jsonschema:"minimum=0,maximum=604800"`
	// The shortest wait of uniform, in seconds.
	MinSeconds float64 `yaml:"min_seconds,omitempty" json:"min_seconds" jsonschema:"minimum=0,maximum=604800"`
	// The longest wait of uniform, in seconds.
	MaxSeconds float64 `yaml:"max_seconds,omitempty" json:"max_seconds" jsonschema:"minimum=0,maximum=604800"`
}
