package engine

// streamOptions asks for usage. IncludeUsage gives one more chunk with the
// totals; ContinuousUsage, which is vLLM's own, gives a running count on every
// chunk.
type streamOptions struct {
	IncludeUsage    bool `json:"include_usage"`
	ContinuousUsage bool `json:"continuous_usage_stats,omitempty"`
}

// openAIBody is the body of /v1/chat/completions and /v1/completions. Fields
// that a server need not know are left out unless set.
type openAIBody struct {
	Model         string        `json:"model,omitempty"`
	Messages      []wireMessage `json:"messages,omitempty"`
	Prompt        string        `json:"prompt,omitempty"`
	MaxTokens     int           `json:"max_tokens,omitempty"`
	Stream        bool          `json:"stream"`
	StreamOptions streamOptions `json:"stream_options"`
	Seed          *int64        `json:"seed,omitempty"`
	Temperature   *float64      `json:"temperature,omitempty"`
	// IgnoreEOS and MinTokens are vLLM's: together they make the answer
	// exactly MaxTokens long.
	IgnoreEOS bool `json:"ignore_eos,omitempty"`
	MinTokens int  `json:"min_tokens,omitempty"`
}

// newOpenAIBody puts a call into OpenAI's words and returns the route for it.
// max_tokens rather than the newer max_completion_tokens is sent to chat
// routes too, because every compatible server knows it.
func newOpenAIBody(kind Kind, c Call) (path string, body openAIBody, err error) {
	api, err := pickAPI(kind, c.API, apiChat, apiCompletions)
	if err != nil {
		return "", openAIBody{}, err
	}
	if len(c.Messages) == 0 {
		return "", openAIBody{}, errNoMessages
	}
	body = openAIBody{
		Model: c.Model, MaxTokens: max(c.MaxTokens, 0), Stream: true,
		StreamOptions: streamOptions{IncludeUsage: true},
		Seed:          c.Seed, Temperature: c.Temperature,
	}
	if api == apiCompletions {
		body.Prompt = flatten(c.Messages)
		return "/v1/completions", body, nil
	}
	body.Messages = wireMessages(c.Messages)
	return "/v1/chat/completions", body, nil
}
