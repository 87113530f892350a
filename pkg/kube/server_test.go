package kube

import (
	"bufio"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/streaming/pkg/httpstream"
	streamspdy "k8s.io/streaming/pkg/httpstream/spdy"
)

// podServer is the part of an API server that forwards ports: real TLS, real
// upgrades, real SPDY, and for each pod a process on loopback.
type podServer struct {
	*httptest.Server
	// spdyOnly refuses WebSockets as an API server before 1.31 does.
	spdyOnly bool

	mu   sync.Mutex
	pods map[string]string // where a pod's port is; "" hangs up on the stream
	// answer, where set, is given to every upgrade in place of one.
	answer *metav1.Status
	conns  map[net.Conn]string // those upgraded, and the pod each leads to
	// mute leaves streams without a reply; hasty forwards before it replies.
	mute, hasty atomic.Bool
	upgrades    atomic.Int64
	webSocket   atomic.Int64
}

func newPodServer(t *testing.T, pods map[string]string) *podServer {
	t.Helper()
	s := &podServer{pods: pods, conns: map[net.Conn]string{}}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(func() {
		s.kill("")
		s.Close()
	})
	return s
}

// connect connects by a kubeconfig file, as the program does.
func (s *podServer) connect(t *testing.T) *Cluster {
	t.Helper()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	path := writeConfig(t, &clientcmdapi.Config{
		CurrentContext: "here",
		Clusters:       map[string]*clientcmdapi.Cluster{"here": {Server: s.URL, CertificateAuthorityData: ca}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{"me": {Token: "secret"}},
		Contexts:       map[string]*clientcmdapi.Context{"here": {Cluster: "here", AuthInfo: "me", Namespace: "team-a"}},
	})
	c, err := Connect(flagsFor(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func writeConfig(t *testing.T, config *clientcmdapi.Config) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func flagsFor(path string) *genericclioptions.ConfigFlags {
	flags := genericclioptions.NewConfigFlags(false)
	flags.KubeConfig = &path
	return flags
}

// kill cuts the upgraded connections to a pod, "" to all.
func (s *podServer) kill(pod string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	killed := 0
	for c, to := range s.conns {
		if pod == "" || to == pod {
			c.Close()
			delete(s.conns, c)
			killed++
		}
	}
	return killed
}

// perPod counts the upgraded connections to each pod.
func (s *podServer) perPod() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := map[string]int{}
	for _, pod := range s.conns {
		n[pod]++
	}
	return n
}

func (s *podServer) setPod(name, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pods[name] = address
}

func (s *podServer) dropPod(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pods, name)
}

func (s *podServer) serve(w http.ResponseWriter, req *http.Request) {
	switch parts := strings.Split(req.URL.Path, "/"); {
	case req.Header.Get("Authorization") != "Bearer secret":
		writeStatus(w, &metav1.Status{Code: http.StatusUnauthorized, Reason: metav1.StatusReasonUnauthorized, Message: "Unauthorized"})
	case len(parts) == 8 && parts[7] == "portforward":
		s.forward(w, req, parts[6])
	default:
		writeStatus(w, &metav1.Status{Code: http.StatusNotFound, Reason: metav1.StatusReasonNotFound, Message: "the server could not find the requested resource"})
	}
}

func writeStatus(w http.ResponseWriter, status *metav1.Status) {
	status.Kind, status.APIVersion, status.Status = "Status", "v1", metav1.StatusFailure
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(int(status.Code))
	_ = json.NewEncoder(w).Encode(status)
}

func (s *podServer) forward(w http.ResponseWriter, req *http.Request, pod string) {
	s.mu.Lock()
	_, known := s.pods[pod]
	answer := s.answer
	s.mu.Unlock()
	isWebSocket := strings.EqualFold(req.Header.Get("Upgrade"), "websocket")
	switch {
	case answer != nil:
		writeStatus(w, answer)
		return
	case !known:
		writeStatus(w, &metav1.Status{Code: http.StatusNotFound, Reason: metav1.StatusReasonNotFound, Message: fmt.Sprintf("pods %q not found", pod)})
		return
	case isWebSocket && s.spdyOnly:
		writeStatus(w, &metav1.Status{Code: http.StatusBadRequest, Reason: metav1.StatusReasonBadRequest, Message: "you must specify a SPDY upgrade"})
		return
	}
	s.upgrades.Add(1)
	streams := newPairs(func(errs, data httpstream.Stream) { s.join(pod, errs, data) })
	if isWebSocket {
		s.webSocket.Add(1)
		c := acceptWebSocket(w, req)
		s.keep(c, pod)
		conn, err := streamspdy.NewServerConnection(c, s.accept(streams))
		if err == nil {
			s.finish(conn, c)
		}
		return
	}
	if _, err := httpstream.Handshake(req, w, []string{"portforward.k8s.io"}); err != nil {
		return
	}
	hijack := &keeper{ResponseWriter: w, keep: func(c net.Conn) { s.keep(c, pod) }}
	if conn := streamspdy.NewResponseUpgrader().UpgradeResponse(hijack, req, s.accept(streams)); conn != nil {
		s.finish(conn, hijack.conn)
	}
}

func (s *podServer) finish(conn httpstream.Connection, c net.Conn) {
	<-conn.CloseChan()
	conn.Close()
	c.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

func (s *podServer) keep(c net.Conn, pod string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = pod
}

// accept replies to streams, or not at all.
func (s *podServer) accept(streams *pairs) httpstream.NewStreamHandler {
	return func(stream httpstream.Stream, _ <-chan struct{}) error {
		for s.mute.Load() {
			time.Sleep(time.Millisecond)
		}
		if join := streams.add(stream); join != nil && s.hasty.Load() {
			join()
		} else if join != nil {
			go join()
		}
		return nil
	}
}

// keeper remembers what was hijacked through it.
type keeper struct {
	http.ResponseWriter
	keep func(net.Conn)
	conn net.Conn
}

func (k *keeper) Hijack() (c net.Conn, rw *bufio.ReadWriter, err error) {
	c, rw, err = k.ResponseWriter.(http.Hijacker).Hijack()
	if err == nil {
		c = quiet{c}
		k.conn = c
		k.keep(c)
	}
	return c, rw, err
}

// quiet is a connection whose end is no error: spdystream would wait a second
// for somebody to take it.
type quiet struct{ net.Conn }

func (q quiet) Close() error {
	_ = q.Conn.Close()
	return nil
}

// pairs brings the two streams of each forwarded connection together.
type pairs struct {
	mu   sync.Mutex
	open map[string]httpstream.Stream
	join func(errs, data httpstream.Stream)
}

func newPairs(join func(errs, data httpstream.Stream)) *pairs {
	return &pairs{open: map[string]httpstream.Stream{}, join: join}
}

// add returns what is to be done once both streams of a connection are there.
func (p *pairs) add(s httpstream.Stream) func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := s.Headers().Get(corev1.PortForwardRequestIDHeader)
	if s.Headers().Get(corev1.StreamType) == corev1.StreamTypeError {
		p.open[id] = s
		return nil
	}
	errs := p.open[id]
	delete(p.open, id)
	return func() { p.join(errs, s) }
}

// join does what a kubelet does with the streams of a forwarded connection.
func (s *podServer) join(pod string, errs, data httpstream.Stream) {
	s.mu.Lock()
	to, known := s.pods[pod]
	s.mu.Unlock()
	fail := func(err error) {
		_, _ = fmt.Fprintf(errs, "error forwarding port %s to pod %s, uid : %v", data.Headers().Get(corev1.PortHeader), pod, err)
		_ = data.Reset()
		_ = errs.Reset()
	}
	if !known {
		fail(fmt.Errorf("failed to find sandbox of pod %s", pod))
		return
	}
	c, err := net.Dial("tcp", to)
	if err != nil {
		fail(err)
		return
	}
	defer c.Close()
	go func() {
		_, _ = io.Copy(c, data)
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(data, c)
	errs.Close()
	data.Close()
}

// unusedAddress is an address of loopback on which nothing listens.
func unusedAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
