package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/streaming/pkg/httpstream"
)

// errLost says that an upgraded connection broke or fell silent.
var errLost = errors.New("the port-forward connection was lost")

// streamTimeout is how long a kubelet may take to accept a stream.
const streamTimeout = 10 * time.Second

// link is one upgraded connection to a pod.
type link struct {
	conn           httpstream.Connection
	protocol       string
	namespace, pod string
	port           int32
	requests       atomic.Int64
	// sever cuts the transport below, where that is known.
	sever func()

	// The tunnel's lock guards these.
	streams int
	retired bool
}

func (l *link) lost() bool {
	select {
	case <-l.conn.CloseChan():
		return true
	default:
		return false
	}
}

// close ends all streams and the connection. What it writes in farewell no
// longer matters to anyone.
func (l *link) close() { _ = l.conn.Close() }

// pair is the two streams of one forwarded connection (client-go's
// tools/portforward is the reference): what the server writes to errors is why
// the forwarding failed.
type pair struct{ errors, data httpstream.Stream }

// open opens the streams of one forwarded connection. CreateStream knows no
// context and does not notice a lost connection, so it is left behind where it
// takes too long; it gives up by itself after 30 s.
func (l *link) open(ctx context.Context) (pair, error) {
	type result struct {
		pair pair
		err  error
	}
	opened := make(chan result)
	abandoned := make(chan struct{})
	go func() {
		p, err := l.create()
		select {
		case opened <- result{p, err}:
		case <-abandoned:
			l.discard(p)
		}
	}()
	timeout := time.NewTimer(streamTimeout)
	defer timeout.Stop()
	select {
	case r := <-opened:
		return r.pair, r.err
	case <-ctx.Done():
		close(abandoned)
		return pair{}, context.Cause(ctx)
	case <-l.conn.CloseChan():
		close(abandoned)
		return pair{}, errLost
	case <-timeout.C:
		close(abandoned)
		return pair{}, fmt.Errorf("%w: no stream in %v", errLost, streamTimeout)
	}
}

// spent says whether err, of an open, leaves the connection of no use for more
// streams: it was lost, or it is silent, or the pod behind it is gone.
func (l *link) spent(err error) bool {
	var failed *StreamError
	return errors.Is(err, errLost) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &failed) && failed.errno == nil
}

func (l *link) create() (p pair, err error) {
	headers := http.Header{}
	headers.Set(corev1.PortHeader, strconv.Itoa(int(l.port)))
	headers.Set(corev1.PortForwardRequestIDHeader, strconv.FormatInt(l.requests.Add(1), 10))
	headers.Set(corev1.StreamType, corev1.StreamTypeError)
	if p.errors, err = l.conn.CreateStream(headers); err != nil {
		return pair{}, fmt.Errorf("%w: open error stream: %v", errLost, err) //nolint:errorlint // an io.EOF in it would look like a body's end
	}
	_ = p.errors.Close() // nothing is written to it; that it cannot be closed shows below
	headers = headers.Clone()
	headers.Set(corev1.StreamType, corev1.StreamTypeData)
	if p.data, err = l.conn.CreateStream(headers); err != nil {
		defer l.discard(p)
		if message := l.overhear(p.errors); message != "" {
			return pair{}, l.failure(message)
		}
		return pair{}, fmt.Errorf("%w: open data stream: %v", errLost, err) //nolint:errorlint // as above
	}
	return p, nil
}

// overhear returns what a kubelet says that is quicker to fail than to accept a
// stream, as it is where nothing listens on the port.
func (l *link) overhear(failed httpstream.Stream) string {
	if l.lost() {
		return ""
	}
	said := make(chan string, 1)
	go func() { said <- hear(failed) }()
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case message := <-said:
		return message
	case <-timer.C:
		return ""
	}
}

// hear reads an error stream to its end.
func hear(failed httpstream.Stream) string {
	message, _ := io.ReadAll(io.LimitReader(failed, longestMessage)) // what came before an error counts
	return strings.TrimSpace(string(message))
}

// discard ends streams in both directions and forgets them.
func (l *link) discard(p pair) {
	for _, s := range []httpstream.Stream{p.errors, p.data} {
		if s != nil {
			_ = s.Reset() // it fails where the connection is lost, and so is the stream
			l.conn.RemoveStreams(s)
		}
	}
}
