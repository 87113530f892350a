package kube

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("k8s.io/klog/v2.(*flushDaemon).run.func1"))
}

// newEngine is a pod's process: it streams as many numbered chunks as the
// request's path asks for, and names itself in the first.
func newEngine(t *testing.T, name string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		n, _ := strconv.Atoi(req.URL.Path[1:])
		_, _ = fmt.Fprintln(w, name)
		for i := range n {
			_, _ = fmt.Fprintln(w, i)
			w.(http.Flusher).Flush()
		}
		if req.URL.Path == "/hang" {
			w.(http.Flusher).Flush()
			<-req.Context().Done()
		}
	}))
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func openTunnel(t *testing.T, c *Cluster, spec TunnelSpec) *Tunnel {
	t.Helper()
	spec.Namespace, spec.Port = "team-a", 8000
	tunnel := c.Tunnel(spec)
	t.Cleanup(func() { tunnel.Close() })
	return tunnel
}

// ask does one request on a connection of its own and returns its lines.
func ask(tunnel *Tunnel, path string) ([]string, error) {
	c, err := tunnel.Dial(context.Background(), "tcp", "ignored:80")
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return askOn(c, path)
}

func askOn(c net.Conn, path string) ([]string, error) {
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n", path); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	return strings.Fields(string(body)), err
}

func TestTunnelCarriesManyStreamsOverShards(t *testing.T) {
	for _, protocol := range []string{protocolWebSocket, protocolSPDY} {
		t.Run(protocol, func(t *testing.T) {
			engine := newEngine(t, "one")
			s := newPodServer(t, map[string]string{"vllm-0": engine})
			s.spdyOnly = protocol == protocolSPDY
			tunnel := openTunnel(t, s.connect(t), TunnelSpec{Pods: []string{"vllm-0"}})
			var wg sync.WaitGroup
			for range 40 {
				wg.Go(func() {
					lines, err := ask(tunnel, "/100")
					if err != nil || len(lines) != 101 || lines[100] != "99" {
						t.Errorf("%d lines, %v", len(lines), err)
					}
				})
			}
			wg.Wait()
			stats := tunnel.Stats()
			if stats.Shards != 4 || stats.Dials != 40 || stats.Upgrades != 4 || stats.Reconnects != 0 || stats.Protocol != protocol {
				t.Errorf("%+v", stats)
			}
			if got := s.upgrades.Load(); got != 4 {
				t.Errorf("%d upgrades at the server", got)
			}
		})
	}
}

func TestShardsOpenLazilyAndSpreadOverPods(t *testing.T) {
	s := newPodServer(t, map[string]string{"a": newEngine(t, "a"), "b": newEngine(t, "b"), "c": newEngine(t, "c")})
	tunnel := openTunnel(t, s.connect(t), TunnelSpec{Pods: []string{"a", "b", "c"}})
	for range 3 {
		if _, err := ask(tunnel, "/1"); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool { return tunnel.Stats().Streams == 0 })
	}
	if got := tunnel.Stats().Upgrades; got != 1 {
		t.Errorf("%d upgrades for one stream at a time", got)
	}
	for range 12 {
		dial(t, tunnel)
	}
	// Four shards over three pods are six, so that each pod has as many.
	if got := s.perPod(); got["a"] != 2 || got["b"] != 2 || got["c"] != 2 {
		t.Errorf("connections to pods: %v", got)
	}
}

func TestALostShardIsDialledAgain(t *testing.T) {
	s := newPodServer(t, map[string]string{"vllm-0": newEngine(t, "one")})
	tunnel := openTunnel(t, s.connect(t), TunnelSpec{Pods: []string{"vllm-0"}, Shards: 1})
	c := dial(t, tunnel)
	send(t, c, "/hang")
	if _, err := c.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if s.kill("vllm-0") != 1 {
		t.Fatal("nothing to kill")
	}
	_, err := io.Copy(io.Discard, c)
	if !errors.Is(err, syscall.ECONNRESET) || !strings.Contains(err.Error(), "the port-forward connection was lost") || errors.Is(err, io.EOF) {
		t.Errorf("read on the lost shard: %v", err)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("write on the lost shard: %v", err)
	}
	if _, err := ask(tunnel, "/1"); err != nil {
		t.Errorf("after the loss: %v", err)
	}
	if stats := tunnel.Stats(); stats.Reconnects != 1 || stats.Shards != 1 {
		t.Errorf("%+v", stats)
	}
}

func TestARefusedPortLeavesOtherStreamsAlone(t *testing.T) {
	s := newPodServer(t, map[string]string{"vllm-0": newEngine(t, "one")})
	tunnel := openTunnel(t, s.connect(t), TunnelSpec{Pods: []string{"vllm-0"}, Shards: 1})
	long := dial(t, tunnel)
	send(t, long, "/hang")
	if _, err := long.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}

	engine := s.pods["vllm-0"]
	s.setPod("vllm-0", unusedAddress(t))
	_, err := ask(tunnel, "/1")
	var stream *StreamError
	if !errors.Is(err, syscall.ECONNREFUSED) || !errors.As(err, &stream) || stream.Pod != "vllm-0" {
		t.Errorf("refused: %v", err)
	}

	s.setPod("vllm-0", engine)
	if _, err := ask(tunnel, "/1"); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
	setDeadline(t, long, time.Now().Add(20*time.Millisecond))
	if _, err := io.Copy(io.Discard, long); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the other stream: %v", err)
	}
	if stats := tunnel.Stats(); stats.Upgrades != 1 {
		t.Errorf("%+v", stats)
	}
}

// A kubelet may fail before it has accepted the stream.
func TestAPortRefusedInHasteIsRefused(t *testing.T) {
	s := newPodServer(t, map[string]string{"vllm-0": unusedAddress(t)})
	s.hasty.Store(true)
	tunnel := openTunnel(t, s.connect(t), TunnelSpec{Pods: []string{"vllm-0"}, Shards: 1})
	for range 3 {
		_, err := tunnel.Dial(context.Background(), "", "")
		var op *net.OpError
		if !errors.As(err, &op) || !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%v", err)
		}
	}
	if stats := tunnel.Stats(); stats.Upgrades != 1 || stats.Streams != 0 {
		t.Errorf("%+v", stats)
	}
}

func TestAPodThatIsGoneGivesWayToAnother(t *testing.T) {
	s := newPodServer(t, map[string]string{"old": newEngine(t, "old")})
	refreshed := 0
	tunnel := openTunnel(t, s.connect(t), TunnelSpec{Pods: []string{"old"}, Shards: 1, Refresh: func(context.Context) ([]string, error) {
		refreshed++
		return []string{"new"}, nil
	}})
	if lines, err := ask(tunnel, "/0"); err != nil || lines[0] != "old" || refreshed != 0 {
		t.Fatal(lines, err, refreshed)
	}
	s.setPod("new", newEngine(t, "new"))
	s.dropPod("old")
	// The connection to the old pod stands, and says that its sandbox is gone.
	_, err := ask(tunnel, "/0")
	if err == nil || !strings.Contains(err.Error(), "failed to find sandbox") {
		t.Errorf("on the old connection: %v", err)
	}
	if lines, err := ask(tunnel, "/0"); err != nil || lines[0] != "new" || refreshed != 1 {
		t.Error(lines, err, refreshed)
	}
	// And one whose upgrade already meets a pod that is gone.
	s.setPod("newer", newEngine(t, "newer"))
	second := openTunnel(t, tunnel.cluster, TunnelSpec{Pods: []string{"old"}, Refresh: func(context.Context) ([]string, error) {
		return []string{"old", "newer"}, nil
	}})
	if lines, err := ask(second, "/0"); err != nil || lines[0] != "newer" {
		t.Error(lines, err)
	}
}

func TestDialSaysWhatFailed(t *testing.T) {
	forbidden := &metav1.Status{Code: 403, Reason: metav1.StatusReasonForbidden, Message: `pods "vllm-0" is forbidden: User "me" cannot create resource "pods/portforward"`}
	for name, c := range map[string]struct {
		answer *metav1.Status
		spec   TunnelSpec
		is     func(error) bool
		want   string
	}{
		"forbidden": {
			answer: forbidden, spec: TunnelSpec{Pods: []string{"vllm-0"}}, is: apierrors.IsForbidden,
			want: "dial port-forward team-a/*:8000: open a port-forward to pod team-a/vllm-0: forbidden; asked for create pods/portforward in namespace team-a: " + forbidden.Message,
		},
		"credentials": {
			answer: &metav1.Status{Code: 401, Reason: metav1.StatusReasonUnauthorized, Message: "Unauthorized"},
			spec:   TunnelSpec{Pods: []string{"vllm-0"}}, is: func(err error) bool { return errors.Is(err, ErrCredentials) },
			want: "the API server refused the credentials at ",
		},
		"gone": {
			spec: TunnelSpec{Pods: []string{"other"}}, is: apierrors.IsNotFound,
			want: `open a port-forward to pod team-a/other: pods "other" not found`,
		},
		"none": {
			spec: TunnelSpec{Refresh: func(context.Context) ([]string, error) { return nil, nil }},
			is:   func(err error) bool { return errors.Is(err, errNoPod) },
			want: "no pod is ready in namespace team-a to forward port 8000 of",
		},
		"refresh": {
			spec: TunnelSpec{Refresh: func(context.Context) ([]string, error) { return nil, errFake }},
			is:   func(err error) bool { return errors.Is(err, errFake) },
			want: "ask which pods are ready in namespace team-a: ",
		},
	} {
		for _, spdyOnly := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", name, spdyOnly), func(t *testing.T) {
				s := newPodServer(t, map[string]string{"vllm-0": "127.0.0.1:1"})
				s.answer, s.spdyOnly = c.answer, spdyOnly
				tunnel := openTunnel(t, s.connect(t), c.spec)
				_, err := tunnel.Dial(context.Background(), "", "")
				var op *net.OpError
				if !errors.As(err, &op) || !c.is(err) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got  %v\nwant %s", err, c.want)
				}
			})
		}
	}
}

func TestDialOfADeadServer(t *testing.T) {
	s := newPodServer(t, map[string]string{})
	c := s.connect(t)
	s.Close()
	_, err := openTunnel(t, c, TunnelSpec{Pods: []string{"vllm-0"}}).Dial(context.Background(), "", "")
	if !errors.Is(err, ErrUnreachable) || !errors.Is(err, syscall.ECONNREFUSED) || !strings.Contains(err.Error(), c.Host) {
		t.Errorf("%v", err)
	}
}

func TestDialEndsWithItsContext(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for name, mute := range map[string]func(s *podServer, c *Cluster){
		"upgrade": func(_ *podServer, c *Cluster) { c.config.Host = "https://" + silent.Addr().String(); remake(t, c) },
		"stream":  func(s *podServer, _ *Cluster) { s.mute.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newPodServer(t, map[string]string{"vllm-0": newEngine(t, "one")})
			cluster := s.connect(t)
			mute(s, cluster)
			tunnel := openTunnel(t, cluster, TunnelSpec{Pods: []string{"vllm-0"}})
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(20*time.Millisecond, cancel)
			if _, err := tunnel.Dial(ctx, "", ""); !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			s.mute.Store(false) // the reply comes late, and its stream goes
			eventually(t, func() bool { return !running("(*link).create") })
			tunnel.Close()
			if _, err := tunnel.Dial(context.Background(), "", ""); !errors.Is(err, net.ErrClosed) {
				t.Errorf("after Close: %v", err)
			}
		})
	}
}

// A connection on which streams are not accepted gets no more of them; those it
// has go on.
func TestASilentShardIsGivenUp(t *testing.T) {
	s := newPodServer(t, map[string]string{"vllm-0": newEngine(t, "one")})
	tunnel := openTunnel(t, s.connect(t), TunnelSpec{Pods: []string{"vllm-0"}, Shards: 1})
	old := dial(t, tunnel)
	s.mute.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	if _, err := tunnel.Dial(ctx, "", ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	s.mute.Store(false)
	if _, err := ask(tunnel, "/1"); err != nil {
		t.Errorf("on a new connection: %v", err)
	}
	if stats := tunnel.Stats(); stats.Upgrades != 2 || stats.Reconnects != 1 || stats.Shards != 2 {
		t.Errorf("%+v", stats)
	}
	if lines, err := askOn(old, "/1"); err != nil || len(lines) != 2 {
		t.Errorf("on the old one: %v, %v", lines, err)
	}
	eventually(t, func() bool { return !running("(*link).create") })
	old.Close()
	eventually(t, func() bool { return tunnel.Stats().Shards == 1 })
}

func remake(t *testing.T, c *Cluster) {
	t.Helper()
	if err := c.makeClients(); err != nil {
		t.Fatal(err)
	}
}

func TestConnKeepsTheContractOfNetConn(t *testing.T) {
	s := newPodServer(t, map[string]string{"vllm-0": newEngine(t, "one")})
	tunnel := openTunnel(t, s.connect(t), TunnelSpec{Pods: []string{"vllm-0"}, Shards: 1})
	c := dial(t, tunnel)
	if got := c.RemoteAddr().String(); got != "team-a/vllm-0:8000" || c.RemoteAddr().Network() != "port-forward" {
		t.Errorf("remote %s", got)
	}
	if got := c.LocalAddr().String(); got != s.URL {
		t.Errorf("local %s", got)
	}
	past := time.Unix(1, 0)
	setDeadline(t, c, past)
	for op, err := range map[string]error{"read": second(c.Read(make([]byte, 1))), "write": second(c.Write([]byte("x")))} {
		var timeout net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%s after the deadline: %v", op, err)
		}
	}
	setDeadline(t, c, time.Time{})
	time.AfterFunc(20*time.Millisecond, func() { _ = c.SetReadDeadline(past) })
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read that a deadline interrupts: %v", err)
	}
	setDeadline(t, c, time.Time{})

	// A request whose sender has nothing more to say still gets its answer.
	send(t, c, "/3")
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Error(err)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("write after CloseWrite: %v", err)
	}
	// net/http's server takes the end of the request's connection for a
	// caller who left, so that the answer may be short; it ends in order.
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Errorf("read to the end: %v", err)
	}
	for range 2 {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read after Close: %v", err)
	}
	if err := c.SetDeadline(past); !errors.Is(err, net.ErrClosed) {
		t.Errorf("deadline after Close: %v", err)
	}
}

func TestCloseWakesWhoReads(t *testing.T) {
	s := newPodServer(t, map[string]string{"vllm-0": newEngine(t, "one")})
	for _, closer := range []string{"conn", "tunnel"} {
		tunnel := openTunnel(t, s.connect(t), TunnelSpec{Pods: []string{"vllm-0"}})
		c := dial(t, tunnel)
		time.AfterFunc(20*time.Millisecond, func() {
			if closer == "conn" {
				c.Close()
			} else {
				tunnel.Close()
			}
		})
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: %v", closer, err)
		}
		c.Close()
	}
}

// A stream that nobody reads must not hold up the others of its connection.
func TestAStreamNobodyReadsHoldsUpNobody(t *testing.T) {
	s := newPodServer(t, map[string]string{"vllm-0": newEngine(t, "one")})
	tunnel := openTunnel(t, s.connect(t), TunnelSpec{Pods: []string{"vllm-0"}, Shards: 1})
	for range 10 { // one for each of SPDY's frame workers, and more
		send(t, dial(t, tunnel), "/2000")
	}
	for range 10 {
		if lines, err := ask(tunnel, "/5"); err != nil || len(lines) != 6 {
			t.Error(lines, err)
		}
	}
}

func dial(t *testing.T, tunnel *Tunnel) net.Conn {
	t.Helper()
	c, err := tunnel.Dial(context.Background(), "tcp", "ignored:80")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// send sends a request whose connection stays open.
func send(t *testing.T, c net.Conn, path string) {
	t.Helper()
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: pod\r\n\r\n", path); err != nil {
		t.Fatal(err)
	}
}

func setDeadline(t *testing.T, c net.Conn, at time.Time) {
	t.Helper()
	if err := c.SetDeadline(at); err != nil {
		t.Error(err)
	}
}

func second(_ int, err error) error { return err }

// running reports that a goroutine is in a function.
func running(function string) bool {
	stacks := make([]byte, 1<<20)
	return strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), function)
}

func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not come about")
}
