package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// ErrUnauthorized is wrapped by the error of an endpoint that asks for a
// token which was not sent, or refuses the one that was.
var ErrUnauthorized = errors.New("the engine's token is missing or wrong")

// ErrNotReady is wrapped by the error of an endpoint whose answer is a server
// error, as engines give while a model loads.
var ErrNotReady = errors.New("the engine is not ready")

// ErrUnrecognised is wrapped by the error of an endpoint that answers but as
// no engine that is known here.
var ErrUnrecognised = errors.New("no engine is recognised")

// Fingerprint asks an endpoint what it is, as each kind in turn, and returns
// the protocol that knows it. A server that speaks several comes out as its
// native kind. The error wraps [ErrUnauthorized], [ErrNotReady] or
// [ErrUnrecognised], or says that the endpoint does not answer.
func Fingerprint(ctx context.Context, g Getter) (Protocol, Identity, error) {
	var refused error
	for _, p := range fingerprintOrder {
		id, ok, err := p.Identify(ctx, g)
		switch {
		case err == nil && ok:
			return p, id, nil
		case err == nil:
		case errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrNotReady):
			if refused == nil {
				refused = err
			}
		default:
			return nil, Identity{}, err // it does not answer: no other question will change that
		}
	}
	if refused != nil {
		return nil, Identity{}, refused
	}
	return nil, Identity{}, fmt.Errorf("%w: /api/version, /info and /v1/models do not answer as Ollama, TGI, vLLM or an OpenAI-compatible server do; check the URL", ErrUnrecognised)
}

// get wraps a Getter's errors with what was asked.
func get(ctx context.Context, g Getter, path string) (status int, body []byte, err error) {
	status, _, body, err = g.Get(ctx, path)
	if err != nil {
		return 0, nil, fmt.Errorf("ask the endpoint for %s: %w", path, err)
	}
	return status, body, nil
}

// document reads a JSON document of the endpoint into v. ok is false where it
// has none at that path, or one of another shape, such as the page of a web
// server. A 401, 403 or 5xx is an error, because behind it may stand any engine.
func document(ctx context.Context, g Getter, path string, v any) (ok bool, err error) {
	status, body, err := get(ctx, g, path)
	switch {
	case err != nil:
		return false, err
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return false, fmt.Errorf("%s answered HTTP %d (%s): %w; give it with --engine-token-file", path, status, bodyMessage(body).Message, ErrUnauthorized)
	case status >= http.StatusInternalServerError:
		return false, fmt.Errorf("%s answered HTTP %d (%s): %w; it may still be loading its model, or a proxy in front cannot reach it", path, status, bodyMessage(body).Message, ErrNotReady)
	}
	return status == http.StatusOK && json.Unmarshal(body, v) == nil, nil
}

// getJSON reads a document that is good to have: whatever status but 200 the
// endpoint gives, ok is false, and only its silence is an error.
func getJSON(ctx context.Context, g Getter, path string, v any) (ok bool, err error) {
	status, body, err := get(ctx, g, path)
	if err != nil || status != http.StatusOK {
		return false, err
	}
	return json.Unmarshal(body, v) == nil, nil
}

// versionAt reads {"version": "…"}, "" where the endpoint has no such document.
func versionAt(ctx context.Context, g Getter, path string) (string, error) {
	var v struct {
		Version string `json:"version"`
	}
	if ok, err := getJSON(ctx, g, path, &v); err != nil || !ok {
		return "", err
	}
	return v.Version, nil
}
