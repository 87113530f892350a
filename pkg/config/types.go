package config

// Config is a whole configuration. Every section may be left out of a file;
// what no layer says has the value of the built-in default.yaml.
type Config struct {
	// What the run is called in its results.
	Benchmark Benchmark `yaml:"benchmark" json:"benchmark" jsonschema:"nullable"`
	// Which engines are measured and how they are reached.
	Services Services `yaml:"services" json:"services" jsonschema:"nullable"`
	// What is measured.
	TestScenarios TestScenarios `yaml:"test_scenarios" json:"test_scenarios" jsonschema:"nullable"`
	// What every request asks the engine to generate.
	Generation Generation `yaml:"generation" json:"generation" jsonschema:"nullable"`
	// Where prompts come from.
	Prompts Prompts `yaml:"prompts" json:"prompts" jsonschema:"nullable"`
	// How long a request may take before it counts as failed.
	Timeouts Timeouts `yaml:"timeouts" json:"timeouts" jsonschema:"nullable"`
	// Whether failed requests are sent again. Each attempt is a sample of its own.
	Retries Retries `yaml:"retries" json:"retries" jsonschema:"nullable"`
	// What one request must meet to count as goodput. A limit left out asks nothing.
	SLO SLO `yaml:"slo" json:"slo" jsonschema:"nullable"`
	// How sure the intervals of the results are.
	Statistics Statistics `yaml:"statistics" json:"statistics" jsonschema:"nullable"`
	// How engines are judged.
	Verdict Verdict `yaml:"verdict" json:"verdict" jsonschema:"nullable"`
	// What the hardware costs, for the cost of output tokens.
	Cost Cost `yaml:"cost" json:"cost" jsonschema:"nullable"`
	// What is written, and where.
	Output Output `yaml:"output" json:"output" jsonschema:"nullable"`
}

// Benchmark names a run.
type Benchmark struct {
	// The run's name; it is part of the result directory's name.
	Name string `yaml:"name" json:"name" jsonschema:"minLength=1,maxLength=120"`
	// A sentence on what the run is for, kept with its results.
	Description string `yaml:"description" json:"description"`
}

// Services says which engines to measure. The keys of its maps are the names
// results carry: vllm, tgi, ollama or openai (any compatible server), and where
// two of a kind run, the kind, a dash and a name, as in vllm-large.
type Services struct {
	// The Kubernetes namespace the engines run in.
	Namespace string `yaml:"namespace,omitempty" json:"namespace" jsonschema:"maxLength=63,pattern=^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$"`
	// The base URL of each engine, http or https, without the API's own path.
	ManualURLs map[string]string `yaml:"manual_urls,omitempty" json:"manual_urls" jsonschema:"nullable"`
	// The model to ask every engine for. Where neither this nor models names one, the engine's only model is asked for.
	Model string `yaml:"model,omitempty" json:"model"`
	// The model to ask one engine for, by engine name; it goes before model.
	Models map[string]string `yaml:"models,omitempty" json:"models" jsonschema:"nullable"`
	// The request form of an engine, by engine name: chat or completions (vllm, openai), generate or chat (tgi), chat or generate (ollama).
	API map[string]string `yaml:"api,omitempty" json:"api" jsonschema:"nullable"`
}

// Generation is what every request asks for, unless its scenario says otherwise.
type Generation struct {
	// The most tokens an answer may have.
	MaxTokens int `yaml:"max_tokens" json:"max_tokens" jsonschema:"minimum=1,maximum=1000000"`
	// The sampling temperature; 0 is greedy, null leaves it to the engine.
	Temperature *float64 `yaml:"temperature" json:"temperature" jsonschema:"nullable,minimum=0,maximum=10"`
	// The sampling seed sent with every request; null sends none.
	Seed *int64 `yaml:"seed" json:"seed" jsonschema:"nullable,minimum=0"`
	// Ask for exactly max_tokens, where the engine can be made to. TGI and Ollama cannot.
	ForceLength bool `yaml:"force_length" json:"force_length"`
	// Ollama's num_ctx, the tokens of prompt plus answer; 0 is the engine's default, which cuts long prompts in silence.
	ContextLength int `yaml:"context_length" json:"context_length" jsonschema:"minimum=0,maximum=100000000"`
}

// Prompts says where prompts come from.
type Prompts struct {
	// The built-in prompts, those of file, the conversations of a ShareGPT file (sharegpt), or made-up ones of a given length (synthetic). Where it is left out it follows from file and synthetic.
	Source string `yaml:"source,omitempty" json:"source" jsonschema:"enum=builtin,enum=file,enum=sharegpt,enum=synthetic"`
	// A prompt file, either in the text format of data/prompts.txt or .jsonl with a prompt or text key in each line, or for sharegpt its JSON; relative to the configuration file that names it.
	File string `yaml:"file,omitempty" json:"file" file:""`
	// Use only the prompts of these categories; an empty list uses all. The built-in ones are chat, code, summarise, reasoning, short and long.
	Categories []string `yaml:"categories" json:"categories" jsonschema:"nullable,minLength=1,uniqueItems=true"`
	// Salt each prompt so that no prefix cache answers for the engine (bust), or send it as it stands (allow).
	PrefixCache string `yaml:"prefix_cache" json:"prefix_cache" jsonschema:"enum=bust,enum=allow"`
	// Made-up prompts; of the source synthetic.
	Synthetic Synthetic `yaml:"synthetic,omitempty" json:"synthetic" jsonschema:"nullable"`
	// Lead conversations that carry the engine's own answers, instead of single questions.
	Conversation Conversation `yaml:"conversation,omitempty" json:"conversation" jsonschema:"nullable"`
}

// Synthetic says how long made-up prompts and their answers are. Lengths are a
// number or a distribution of them, as pkg/lengths reads it.
type Synthetic struct {
	// The length of a prompt in tokens, as the engine counts it with its chat template: "480", "480±240" (mean and standard deviation; +- will do for ±), "100..500", "lognormal(480, 240)", each spread one also with bounds, "480±240 in 16..2048". In a conversation, what its first request has and each later turn adds.
	Input string `yaml:"input,omitempty" json:"input,omitempty" jsonschema:"minLength=1"`
	// The length of an answer in tokens, in the same words. It is forced where the engine can be made to (vLLM), and the most an answer may have elsewhere. Left out, generation says.
	Output string `yaml:"output,omitempty" json:"output,omitempty" jsonschema:"minLength=1"`
	// How many tokens in front prompts share, for a prefix cache to find; they are part of input.
	SharedPrefixTokens int `yaml:"shared_prefix_tokens,omitempty" json:"shared_prefix_tokens,omitempty" jsonschema:"minimum=0,maximum=1000000"`
	// How many different shared prefixes there are; 1 where it is left out.
	Prefixes int `yaml:"prefixes,omitempty" json:"prefixes,omitempty" jsonschema:"minimum=1,maximum=100000"`
}

// Conversation says how long conversations are. Its zero value leads none.
type Conversation struct {
	// The number of turns, a number or a distribution as in synthetic.input; a recorded dialogue may have fewer. Left out, every request stands alone.
	Turns string `yaml:"turns,omitempty" json:"turns,omitempty" jsonschema:"minLength=1"`
}

// Timeouts bound one attempt of one request, in seconds.
type Timeouts struct {
	// For name lookup, dial and TLS together.
	ConnectSeconds float64 `yaml:"connect_seconds" json:"connect_seconds" jsonschema:"minimum=0.001,maximum=604800"`
	// From sending the request to its first token.
	FirstTokenSeconds float64 `yaml:"first_token_seconds" json:"first_token_seconds" jsonschema:"minimum=0.001,maximum=604800"`
	// Between two frames of a stream.
	StallSeconds float64 `yaml:"stall_seconds" json:"stall_seconds" jsonschema:"minimum=0.001,maximum=604800"`
	// For the whole attempt.
	TotalSeconds float64 `yaml:"total_seconds" json:"total_seconds" jsonschema:"minimum=0.001,maximum=604800"`
}

// Retries says which failures are tried again, after a backoff that doubles
// with jitter and honours Retry-After.
type Retries struct {
	// How often a request is tried in all; 1 never retries.
	MaxAttempts int `yaml:"max_attempts" json:"max_attempts" jsonschema:"minimum=1,maximum=20"`
	// The failures that are tried again.
	On []string `yaml:"on" json:"on" jsonschema:"nullable,uniqueItems=true,enum=refused,enum=http_429,enum=http_503"`
	// The wait before the second attempt, in milliseconds.
	InitialBackoffMS float64 `yaml:"initial_backoff_ms" json:"initial_backoff_ms" jsonschema:"minimum=0,maximum=3600000"`
	// The longest wait between two attempts, in milliseconds.
	MaxBackoffMS float64 `yaml:"max_backoff_ms" json:"max_backoff_ms" jsonschema:"minimum=0,maximum=3600000"`
}

// SLO is what one request must meet, in milliseconds; nil asks nothing.
type SLO struct {
	// Limit of the time to first token, in milliseconds.
	TTFTMS *float64 `yaml:"ttft_ms" json:"ttft_ms" jsonschema:"nullable,exclusiveMinimum=0,maximum=604800000"`
	// Limit of the time per output token after the first, in milliseconds.
	TPOTMS *float64 `yaml:"tpot_ms" json:"tpot_ms" jsonschema:"nullable,exclusiveMinimum=0,maximum=604800000"`
	// Limit of the time to the last token, in milliseconds.
	E2EMS *float64 `yaml:"e2e_ms" json:"e2e_ms" jsonschema:"nullable,exclusiveMinimum=0,maximum=604800000"`
}

// Statistics sets how results are computed.
type Statistics struct {
	// The confidence level of every interval: 0.95 is 95 %.
	Confidence float64 `yaml:"confidence" json:"confidence" jsonschema:"minimum=0.5,exclusiveMaximum=1"`
}

// Output says what a run writes.
type Output struct {
	// The directory that gets a folder for each run.
	Directory string `yaml:"directory" json:"directory" jsonschema:"minLength=1"`
	// The documents to write beside the raw samples.
	Formats []string `yaml:"formats" json:"formats" jsonschema:"nullable,uniqueItems=true,enum=json,enum=csv,enum=html,enum=pdf,enum=junit,enum=markdown,enum=vllm"`
	// Draw charts, as files and into documents.
	Charts bool `yaml:"charts" json:"charts"`
	// The kinds of chart that get files of their own; an empty list draws all. The HTML report always has all.
	Figures []string `yaml:"figures" json:"figures" jsonschema:"nullable,uniqueItems=true,enum=ttft,enum=dashboard,enum=radar,enum=cdf,enum=goodput,enum=timeline"`
	// Keep the arrival of every token-bearing frame. Samples grow by about ten bytes a token.
	RecordFrames bool `yaml:"record_frames" json:"record_frames"`
	// Keep prompts and answers, in raw/texts.jsonl; they hold whatever was said. Not with workers in the cluster.
	RecordText bool `yaml:"record_text" json:"record_text"`
}
