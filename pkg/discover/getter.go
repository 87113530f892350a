package discover

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// maxBody bounds what is read of an answer, in bytes.
const maxBody = 1 << 20

// getter is an endpoint's engine.Getter. It remembers what in its answers was
// no engine's.
type getter struct {
	client *wire.Client
	base   string

	// page is the status of the first error that came as a web page.
	page int
	// redirect and location are the first redirect's status and aim.
	redirect int
	location *url.URL
	// plainToTLS says that the server complained of plain HTTP on a TLS port.
	plainToTLS bool
	// upstream is a proxy's own text that it reaches nothing behind it.
	upstream string
	// last is how long the last answer's head took, and reused whether it
	// came over a connection that was open.
	last   time.Duration
	reused bool
}

// Get asks the endpoint for a small document.
func (g *getter) Get(ctx context.Context, path string) (int, http.Header, []byte, error) {
	return g.send(ctx, http.MethodGet, path, nil)
}

// Post sends the endpoint a small JSON document.
func (g *getter) Post(ctx context.Context, path string, json []byte) (int, http.Header, []byte, error) {
	return g.send(ctx, http.MethodPost, path, json)
}

func (g *getter) send(ctx context.Context, method, path string, body []byte) (int, http.Header, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, g.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	stream, err := g.client.Stream(req)
	if err != nil {
		return 0, nil, nil, err
	}
	g.last, g.reused = time.Since(stream.Timing.Sent), stream.Timing.Reused
	defer stream.Close() //nolint:errcheck // the body was read or is of no interest
	answer, err := io.ReadAll(io.LimitReader(stream, maxBody))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("%s %s: read answer: %w", method, path, err)
	}
	g.remember(stream.Status, stream.Header, answer)
	return stream.Status, stream.Header, answer, nil
}

// proxyTexts are what proxies say when they reach nothing: Envoy, and those
// that speak like it.
var proxyTexts = []string{"no healthy upstream", "upstream connect error", "upstream request timeout", "no available server", "service unavailable"}

func (g *getter) remember(status int, header http.Header, body []byte) {
	switch {
	case status >= http.StatusBadRequest:
		g.refused(status, strings.ToLower(strings.TrimSpace(string(body[:min(len(body), 256)]))))
	case status >= http.StatusMultipleChoices && g.location == nil:
		if u, err := url.Parse(header.Get("Location")); err == nil && u.String() != "" {
			g.redirect, g.location = status, u
		}
	}
}

// refused reads how an error's body begins, in lower case.
func (g *getter) refused(status int, head string) {
	switch {
	case strings.HasPrefix(head, "<"):
		if g.page == 0 && status != http.StatusNotFound {
			g.page = status
		}
	case status == http.StatusBadRequest:
		g.plainToTLS = g.plainToTLS || strings.Contains(head, "http request to an https server")
	case status >= http.StatusInternalServerError && g.upstream == "":
		if i := slices.IndexFunc(proxyTexts, func(text string) bool { return strings.HasPrefix(head, text) }); i >= 0 {
			g.upstream = proxyTexts[i]
		}
	}
	g.plainToTLS = g.plainToTLS || strings.Contains(head, "plain http request was sent to https port")
}
