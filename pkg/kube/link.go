package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
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
	conn     httpstream.Connection
	protocol string
	pod      string
	port     int32
	requests atomic.Int64
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
		l.discard(p)
		return pair{}, fmt.Errorf("%w: open data stream: %v", errLost, err) //nolint:errorlint // as above
	}
	return p, nil
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
