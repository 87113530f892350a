package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	constants "k8s.io/apimachinery/pkg/util/portforward"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/client-go/transport/websocket"
	"k8s.io/klog/v2"
	"k8s.io/streaming/pkg/httpstream"
	streamspdy "k8s.io/streaming/pkg/httpstream/spdy"
)

// The protocols of upgrades.
const (
	protocolWebSocket = "websocket"
	protocolSPDY      = "spdy"
)

// upgrade opens an upgraded connection to a pod. It returns when ctx ends,
// whatever the dialers do.
func (t *Tunnel) upgrade(ctx context.Context, pod string) (*link, error) {
	if t.cluster.raw == nil {
		return nil, errFake
	}
	type result struct {
		link *link
		err  error
	}
	dialled := make(chan result)
	t.tasks.start(func() {
		l, err := t.upgradeBlocking(ctx, pod)
		select {
		case dialled <- result{l, err}:
		case <-ctx.Done():
			if err == nil {
				l.close()
			}
		}
	})
	select {
	case r := <-dialled:
		return r.link, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("open a port-forward to pod %s/%s: %w", t.spec.Namespace, pod, context.Cause(ctx))
	}
}

func (t *Tunnel) upgradeBlocking(ctx context.Context, pod string) (*link, error) {
	to := t.cluster.raw.Get().AbsPath("/api/v1/namespaces", t.spec.Namespace, "pods", pod, "portforward").URL()
	ws := &webSocketDialer{ctx: ctx, config: t.cluster.config, url: to}
	old := &spdyDialer{ctx: ctx, config: t.cluster.config, url: to}
	var refusal error // of the WebSocket
	var dialer httpstream.Dialer = old
	if !t.onlySPDY.Load() {
		dialer = portforward.NewFallbackDialerForStreaming(ws, old, func(err error) bool {
			refusal = err
			return worthSPDY(err)
		})
	}
	conn, spoken, err := dialer.Dial(constants.PortForwardV1Name)
	if err != nil {
		return nil, t.refused(ctx, pod, err, refusal)
	}
	if spoken != constants.PortForwardV1Name {
		_ = conn.Close() // of no use
		return nil, fmt.Errorf("open a port-forward to pod %s/%s: the server speaks %q, not %s", t.spec.Namespace, pod, spoken, constants.PortForwardV1Name)
	}
	l := &link{conn: conn, protocol: protocolWebSocket, namespace: t.spec.Namespace, pod: pod, port: t.spec.Port, sever: ws.sever}
	if old.used {
		l.protocol, l.sever = protocolSPDY, func() {}
		t.onlySPDY.Store(true)
	}
	return l, nil
}

// worthSPDY says whether a failed WebSocket upgrade may succeed by SPDY: API
// servers and proxies in front of them may know only one of the two, and may
// take them for different permissions.
func worthSPDY(err error) bool {
	if answer := answer(err); apierrors.IsNotFound(answer) || apierrors.IsUnauthorized(answer) {
		return false
	}
	return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
}

// answer takes off client-go's wrapping, which hides the server's answer.
func answer(err error) error {
	var failure *httpstream.UpgradeFailureError
	if errors.As(err, &failure) {
		return failure.Cause
	}
	return err
}

// refused explains why an upgrade failed. Of SPDY's refusals client-go keeps
// only the text, so that of the WebSocket before it says more.
func (t *Tunnel) refused(ctx context.Context, pod string, err, refusal error) error {
	err = answer(err)
	if refusal != nil && !errors.Is(err, refusal) {
		if before := answer(refusal); apierrors.ReasonForError(before) != "" {
			err = before
		}
	}
	what := fmt.Sprintf("open a port-forward to pod %s/%s", t.spec.Namespace, pod)
	if apierrors.IsForbidden(err) || strings.Contains(err.Error(), "is forbidden") {
		return &forbiddenError{what: what, asked: TunnelPermissions()[0].asked(t.spec.Namespace), err: err}
	}
	return t.cluster.check(ctx, fmt.Errorf("%s: %w", what, err))
}

// forbiddenError names the permission that a tunnel lacks.
type forbiddenError struct {
	what, asked string
	err         error
}

// Error implements error.
func (e *forbiddenError) Error() string {
	return fmt.Sprintf("%s: forbidden; asked for %s: %v", e.what, e.asked, e.err)
}

// Unwrap gives the API server's answer.
func (e *forbiddenError) Unwrap() error { return e.err }

// webSocketDialer speaks SPDY through a WebSocket, as client-go's own does,
// but ends with its context and notices a peer that has fallen silent.
type webSocketDialer struct {
	ctx    context.Context //nolint:containedctx // httpstream.Dialer takes none
	config *rest.Config
	url    *url.URL
	sever  func()
}

// Dial implements httpstream.Dialer.
func (d *webSocketDialer) Dial(protocols ...string) (httpstream.Connection, string, error) {
	transport, holder, err := websocket.RoundTripperFor(d.config)
	if err != nil {
		return nil, "", err
	}
	stop := func() bool { return true }
	ctx := httptrace.WithClientTrace(d.ctx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
		stop = context.AfterFunc(d.ctx, func() { _ = i.Conn.Close() }) // it ends a handshake that waits
	}})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url.String(), http.NoBody)
	if err != nil {
		return nil, "", err
	}
	tunnelled := make([]string, len(protocols))
	for i, p := range protocols {
		tunnelled[i] = constants.WebsocketsSPDYTunnelingPrefix + p
	}
	ws, err := websocket.Negotiate(transport, holder, req, tunnelled...)
	stop()
	if err != nil {
		return nil, "", err
	}
	steady := newSteady(portforward.NewTunnelingConnectionWithLogger(klog.Background(), ws), silence)
	d.sever = func() { _ = steady.Close() }
	conn, err := streamspdy.NewClientConnectionWithPings(steady, portforward.PingPeriod)
	return conn, strings.TrimPrefix(ws.Subprotocol(), constants.WebsocketsSPDYTunnelingPrefix), err
}

// spdyDialer upgrades a POST to SPDY, which API servers before Kubernetes 1.31
// know alone.
type spdyDialer struct {
	ctx    context.Context //nolint:containedctx // httpstream.Dialer takes none
	config *rest.Config
	url    *url.URL
	used   bool
}

// Dial implements httpstream.Dialer.
func (d *spdyDialer) Dial(protocols ...string) (httpstream.Connection, string, error) {
	d.used = true
	transport, upgrader, err := spdy.RoundTripperFor(d.config)
	if err != nil {
		return nil, "", err
	}
	req, err := http.NewRequestWithContext(d.ctx, http.MethodPost, d.url.String(), http.NoBody)
	if err != nil {
		return nil, "", err
	}
	return spdy.NegotiateStreaming(upgrader, &http.Client{Transport: transport}, req, protocols...)
}
