package engine

import (
	"context"
	"strconv"
)

// tgi speaks to HuggingFace's text-generation-inference, by its own route or
// by its OpenAI route.
type tgi struct{}

func (tgi) Kind() Kind { return TGI }

func (tgi) Framing(string) Framing { return SSE }

func (tgi) HealthPath() string { return "/health" }

func (tgi) NewDecoder(api string) Decoder {
	if api == apiChat {
		return newDecoder(openAIDialect)
	}
	return newDecoder(tgiDialect)
}

func (tgi) Refusal(status int, body []byte) Failure { return refusal(status, body) }

// tgiBody is the body of /generate_stream.
type tgiBody struct {
	Inputs     string        `json:"inputs"`
	Parameters tgiParameters `json:"parameters"`
}

// tgiParameters always sends do_sample and details: without parameters TGI
// samples, and without details it gives no counts (router/src/lib.rs).
type tgiParameters struct {
	MaxNewTokens int      `json:"max_new_tokens,omitempty"`
	DoSample     bool     `json:"do_sample"`
	Temperature  *float64 `json:"temperature,omitempty"`
	Seed         *uint64  `json:"seed,omitempty"`
	Details      bool     `json:"details"`
}

// Encode leaves ForceLength aside: TGI cannot be told to ignore its
// end-of-sequence token.
func (p tgi) Encode(c Call) (Request, error) {
	api, err := pickAPI(p.Kind(), c.API, apiGenerate, apiChat)
	if err != nil {
		return Request{}, err
	}
	if len(c.Messages) == 0 {
		return Request{}, errNoMessages
	}
	if api == apiChat {
		return p.encodeChat(c)
	}
	parameters := tgiParameters{MaxNewTokens: max(c.MaxTokens, 0), Details: true, Seed: unsigned(c.Seed)}
	// TGI refuses a temperature of 0 here; greedy is do_sample false.
	if c.Temperature != nil && *c.Temperature > 0 {
		parameters.DoSample, parameters.Temperature = true, c.Temperature
	}
	return post(p.Kind(), "/generate_stream", acceptSSE, tgiBody{Inputs: flatten(c.Messages), Parameters: parameters})
}

// tgiChatModel stands for "the model you serve". TGI takes any other name on
// its OpenAI routes for that of a LoRA adapter (router/src/chat.rs).
const tgiChatModel = "tgi"

// tgiChatBody differs from OpenAI's in its seed, which TGI reads as a u64.
type tgiChatBody struct {
	openAIBody
	Seed *uint64 `json:"seed,omitempty"`
}

func (p tgi) encodeChat(c Call) (Request, error) {
	c.Model = tgiChatModel
	path, body, err := newOpenAIBody(p.Kind(), c)
	if err != nil {
		return Request{}, err
	}
	return post(p.Kind(), path, acceptSSE, tgiChatBody{openAIBody: body, Seed: unsigned(c.Seed)})
}

// unsigned maps a seed, one to one, onto the numbers that TGI accepts.
func unsigned(seed *int64) *uint64 {
	if seed == nil {
		return nil
	}
	u := uint64(*seed) //nolint:gosec // the wrap of negative seeds is the point
	return &u
}

// tgiInfo is what is read of /info. Embedding servers of the same house have
// an /info too, but no max_total_tokens in it.
type tgiInfo struct {
	ModelID               string `json:"model_id"`
	ModelDtype            string `json:"model_dtype"` // up to 2.0
	Version               string `json:"version"`
	MaxConcurrentRequests int    `json:"max_concurrent_requests"`
	MaxTotalTokens        int    `json:"max_total_tokens"`
}

// Identify takes an endpoint for TGI by its /info.
func (p tgi) Identify(ctx context.Context, g Getter) (Identity, bool, error) {
	var info tgiInfo
	ok, err := document(ctx, g, "/info", &info)
	if err != nil || !ok || info.ModelID == "" || info.MaxTotalTokens <= 0 {
		return Identity{}, false, err
	}
	id := Identity{
		Kind: p.Kind(), Version: info.Version,
		Models: []Model{{
			Name: info.ModelID, DtypeOrQuantisation: info.ModelDtype,
			ContextLength: info.MaxTotalTokens, Loaded: true,
		}},
		Details: map[string]string{"max_total_tokens": strconv.Itoa(info.MaxTotalTokens)},
	}
	if info.MaxConcurrentRequests > 0 {
		id.Details["max_concurrent_requests"] = strconv.Itoa(info.MaxConcurrentRequests)
	}
	return id, true, nil
}
