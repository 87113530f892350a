package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// maxProbeBody bounds what a probe reads of an answer.
const maxProbeBody = 1 << 20

// getter is the target's engine.Getter, on connections that carry no
// measured request.
type getter struct{ *Target }

// Get asks the endpoint for a small document.
func (g getter) Get(ctx context.Context, path string) (int, http.Header, []byte, error) {
	return g.send(ctx, http.MethodGet, path, nil, maxProbeBody)
}

// Post sends the endpoint a small JSON document.
func (g getter) Post(ctx context.Context, path string, json []byte) (int, http.Header, []byte, error) {
	return g.send(ctx, http.MethodPost, path, json, maxProbeBody)
}

func (g getter) send(ctx context.Context, method, path string, body []byte, most int64) (int, http.Header, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, g.url(path), bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	stream, err := g.side.Stream(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer stream.Close() //nolint:errcheck // the body was read or is of no interest
	answer, err := io.ReadAll(io.LimitReader(stream, most))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("%s %s: read answer: %w", method, path, err)
	}
	return stream.Status, stream.Header, answer, nil
}
