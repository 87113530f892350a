package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Tokenizer is a [Protocol] whose engine counts a call's prompt without
// generating anything.
type Tokenizer interface {
	// CountTokens returns how many tokens the engine makes of a call's prompt,
	// its chat template and special tokens included. ok is false where it has
	// no such route for this API form; err is for an endpoint that does not
	// answer.
	CountTokens(ctx context.Context, g Getter, c Call) (n int, ok bool, err error)
}

// vllmTokenize is the body of vLLM's /tokenize (entrypoints/openai,
// TokenizeChatRequest and TokenizeCompletionRequest). What a chat needs before
// the answer is added, and special tokens as a generation has them.
type vllmTokenize struct {
	Model               string        `json:"model,omitempty"`
	Messages            []wireMessage `json:"messages,omitempty"`
	Prompt              string        `json:"prompt,omitempty"`
	AddGenerationPrompt *bool         `json:"add_generation_prompt,omitempty"`
}

// CountTokens implements [Tokenizer].
func (p vllm) CountTokens(ctx context.Context, g Getter, c Call) (n int, ok bool, err error) {
	api, err := pickAPI(p.Kind(), c.API, apiChat, apiCompletions)
	if err != nil {
		return 0, false, err
	}
	body := vllmTokenize{Model: c.Model}
	if api == apiChat {
		add := true
		body.Messages, body.AddGenerationPrompt = wireMessages(c.Messages), &add
	} else {
		body.Prompt = flatten(c.Messages)
	}
	var answer struct {
		Count int `json:"count"`
	}
	ok, err = ask(ctx, g, "/tokenize", body, &answer)
	return answer.Count, ok && answer.Count > 0, err
}

// CountTokens implements [Tokenizer]. TGI's /tokenize knows no chat template
// (router/src/server.rs), so it counts for /generate_stream alone.
func (p tgi) CountTokens(ctx context.Context, g Getter, c Call) (n int, ok bool, err error) {
	api, err := pickAPI(p.Kind(), c.API, apiGenerate, apiChat)
	if err != nil || api == apiChat {
		return 0, false, err
	}
	var tokens []json.RawMessage
	ok, err = ask(ctx, g, "/tokenize", tgiInputs{Inputs: flatten(c.Messages)}, &tokens)
	return len(tokens), ok && len(tokens) > 0, err
}

type tgiInputs struct {
	Inputs string `json:"inputs"`
}

// ask posts a document and reads the answer into v. ok is false where the
// endpoint answers with another status or another form.
func ask(ctx context.Context, g Getter, path string, body, v any) (ok bool, err error) {
	data, err := json.Marshal(body)
	if err != nil {
		return false, fmt.Errorf("encode the request for %s: %w", path, err)
	}
	status, _, answer, err := g.Post(ctx, path, data)
	if err != nil {
		return false, fmt.Errorf("ask the endpoint for %s: %w", path, err)
	}
	return status == http.StatusOK && json.Unmarshal(answer, v) == nil, nil
}
