package engine

import (
	"bytes"
	"context"
	"net/http"
	"slices"
)

// vllm speaks vLLM's OpenAI-compatible server and uses what it adds to it
// (vLLM's entrypoints/openai: ignore_eos, min_tokens, continuous_usage_stats).
type vllm struct{}

func (vllm) Kind() Kind { return VLLM }

func (vllm) Framing(string) Framing { return SSE }

func (vllm) HealthPath() string { return "/health" }

func (vllm) NewDecoder(string) Decoder { return newDecoder(openAIDialect) }

func (vllm) Refusal(status int, body []byte) Failure { return refusal(status, body) }

// Encode asks for the running count on every chunk as well: one chunk may
// hold several tokens, and only that count tells how many.
func (p vllm) Encode(c Call) (Request, error) {
	path, body, err := newOpenAIBody(p.Kind(), c)
	if err != nil {
		return Request{}, err
	}
	body.StreamOptions.ContinuousUsage = true
	if c.ForceLength && c.MaxTokens > 0 {
		body.IgnoreEOS, body.MinTokens = true, c.MaxTokens
	}
	return post(p.Kind(), path, acceptSSE, body)
}

// Identify takes an endpoint for vLLM when the models it serves are owned by
// "vllm" (vLLM's openai/models/serving.py), or, where a gateway renames the
// owner, when /version answers as vLLM's does and /metrics has vLLM's series.
func (p vllm) Identify(ctx context.Context, g Getter) (Identity, bool, error) {
	list, ok, err := servedModels(ctx, g)
	if err != nil || !ok {
		return Identity{}, false, err
	}
	version, err := versionAt(ctx, g, "/version")
	if err != nil {
		return Identity{}, false, err
	}
	own := slices.ContainsFunc(list.Data, func(m servedModel) bool { return m.OwnedBy == "vllm" })
	if !own {
		if version == "" {
			return Identity{}, false, nil
		}
		if own, err = hasVLLMSeries(ctx, g); err != nil || !own {
			return Identity{}, false, err
		}
	}
	return Identity{Kind: p.Kind(), Version: version, Models: list.models()}, true, nil
}

func hasVLLMSeries(ctx context.Context, g Getter) (bool, error) {
	status, body, err := get(ctx, g, "/metrics")
	if err != nil || status != http.StatusOK {
		return false, err
	}
	return bytes.HasPrefix(body, []byte("vllm:")) || bytes.Contains(body, []byte("\nvllm:")), nil
}
