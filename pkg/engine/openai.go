package engine

import "context"

// openAI speaks to any server with OpenAI's routes: llama.cpp's server, vLLM's
// simulators, gateways. It sends nothing that is one server's own.
type openAI struct{}

func (openAI) Kind() Kind { return OpenAI }

func (openAI) Framing(string) Framing { return SSE }

func (openAI) HealthPath() string { return "/v1/models" }

func (openAI) NewDecoder(string) Decoder { return newDecoder(openAIDialect) }

func (openAI) Refusal(status int, body []byte) Failure { return refusal(status, body) }

func (p openAI) Encode(c Call) (Request, error) {
	path, body, err := newOpenAIBody(p.Kind(), c)
	if err != nil {
		return Request{}, err
	}
	return post(p.Kind(), path, acceptSSE, body)
}

// Identify takes any endpoint with a list under /v1/models. It is asked last,
// because every other engine has that list too.
func (p openAI) Identify(ctx context.Context, g Getter) (Identity, bool, error) {
	list, ok, err := servedModels(ctx, g)
	if err != nil || !ok {
		return Identity{}, false, err
	}
	id := Identity{Kind: p.Kind(), Models: list.models()}
	if len(list.Data) > 0 && list.Data[0].OwnedBy != "" {
		id.Details = map[string]string{"owned_by": list.Data[0].OwnedBy}
	}
	return id, true, nil
}
