//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// The ports of the pods under test: one leads to an engine, and on the other
// nothing listens.
const (
	tunnelPort        = 8000
	tunnelRefusedPort = 8001
)

// tunnelRig is a namespace with pods of a KWOK node, whose ports lead to
// processes on loopback.
type tunnelRig struct {
	admin     *kube.Cluster
	namespace string
	pods      []string
}

// tunnelFlags are connection flags for the cluster of $KUBECONFIG.
func tunnelFlags(t *testing.T, change func(*genericclioptions.ConfigFlags)) *genericclioptions.ConfigFlags {
	t.Helper()
	if os.Getenv("KUBECONFIG") == "" {
		t.Fatal("KUBECONFIG is not set: run make cluster-up, or make e2e")
	}
	flags := genericclioptions.NewConfigFlags(false)
	if change != nil {
		change(flags)
	}
	return flags
}

func tunnelConnect(t *testing.T, change func(*genericclioptions.ConfigFlags)) *kube.Cluster {
	t.Helper()
	c, err := kube.Connect(tunnelFlags(t, change))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func newTunnelRig(t *testing.T, pods int) *tunnelRig {
	t.Helper()
	ctx := t.Context()
	r := &tunnelRig{admin: tunnelConnect(t, nil)}
	ns, err := r.admin.Core.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "tunnel-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r.namespace = ns.Name
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: ns.Name, Annotations: map[string]string{"kwok.x-k8s.io/node": "fake"}},
		Spec:       corev1.NodeSpec{Unschedulable: true}, // its pods name it, and nobody else's may come
	}
	if _, err := r.admin.Core.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		_ = r.admin.Core.CoreV1().Namespaces().Delete(ctx, r.namespace, metav1.DeleteOptions{})
		_ = r.admin.Core.CoreV1().Nodes().Delete(ctx, r.namespace, metav1.DeleteOptions{})
	})
	for i := range pods {
		r.addPod(t, fmt.Sprintf("vllm-%d", i))
	}
	engine := httptest.NewServer(http.HandlerFunc(serveChunks))
	t.Cleanup(engine.Close)
	r.forward(t, engine.Listener.Addr().(*net.TCPAddr).Port, freePort(t))
	return r
}

// serveChunks streams as many numbered lines as the path asks for.
func serveChunks(w http.ResponseWriter, req *http.Request) {
	n, _ := strconv.Atoi(req.URL.Path[1:])
	for i := range n {
		_, _ = fmt.Fprintln(w, i)
		w.(http.Flusher).Flush()
	}
	if n == 0 {
		w.(http.Flusher).Flush()
		<-req.Context().Done()
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

func (r *tunnelRig) addPod(t *testing.T, name string) {
	t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: r.namespace},
		Spec:       corev1.PodSpec{NodeName: r.namespace, Containers: []corev1.Container{{Name: "engine", Image: "vllm/vllm-openai"}}},
	}
	created := func() bool {
		// A namespace a moment old may lack its ServiceAccount.
		_, err := r.admin.Core.CoreV1().Pods(r.namespace).Create(t.Context(), pod, metav1.CreateOptions{})
		return err == nil || apierrors.IsAlreadyExists(err)
	}
	tunnelEventually(t, "create pod "+name, created)
	tunnelEventually(t, "pod "+name+" runs", func() bool {
		p, err := r.admin.Core.CoreV1().Pods(r.namespace).Get(t.Context(), name, metav1.GetOptions{})
		return err == nil && p.Status.Phase == corev1.PodRunning
	})
	r.pods = append(r.pods, name)
}

// forward tells KWOK where the ports of the namespace's pods lead.
func (r *tunnelRig) forward(t *testing.T, engine, nothing int) {
	t.Helper()
	to := func(port, target int) any {
		return map[string]any{"ports": []any{int64(port)}, "target": map[string]any{"address": "127.0.0.1", "port": int64(target)}}
	}
	rule := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "ClusterPortForward",
		"metadata": map[string]any{"name": r.namespace},
		"spec": map[string]any{
			"selector": map[string]any{"matchNamespaces": []any{r.namespace}},
			"forwards": []any{to(tunnelPort, engine), to(tunnelRefusedPort, nothing)},
		},
	}}
	rules := r.admin.Dynamic.Resource(schema.GroupVersionResource{Group: "kwok.x-k8s.io", Version: "v1alpha1", Resource: "clusterportforwards"})
	if _, err := rules.Create(t.Context(), rule, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rules.Delete(context.Background(), r.namespace, metav1.DeleteOptions{}) })
	probe := r.admin.Tunnel(kube.TunnelSpec{Namespace: r.namespace, Pods: r.pods[:1], Port: tunnelPort})
	defer probe.Close()
	tunnelEventually(t, "KWOK forwards", func() bool { _, err := tunnelGet(probe, 1); return err == nil })
}

func (r *tunnelRig) tunnel(t *testing.T, c *kube.Cluster, port int32) *kube.Tunnel {
	t.Helper()
	tunnel := c.Tunnel(kube.TunnelSpec{Namespace: r.namespace, Pods: r.pods, Port: port})
	t.Cleanup(func() { tunnel.Close() })
	return tunnel
}

// tunnelGet asks for n chunks on a connection of its own.
func tunnelGet(tunnel *kube.Tunnel, n int) (int, error) {
	c, err := tunnel.Dial(context.Background(), "tcp", "")
	if err != nil {
		return 0, err
	}
	defer c.Close()
	// KWOK passes on no half close, so that the engine itself has to hang up.
	if _, err := fmt.Fprintf(c, "GET /%d HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n", n); err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0, err
	}
	body, err := io.ReadAll(resp.Body)
	return len(bytes.Fields(body)), err
}

func tunnelEventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 300 {
		if ok() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("gave up on: %s", what)
}

func TestTunnelStreamsThroughARealAPIServer(t *testing.T) {
	r := newTunnelRig(t, 2)
	before := goleak.IgnoreCurrent()
	tunnel := r.admin.Tunnel(kube.TunnelSpec{Namespace: r.namespace, Pods: r.pods, Port: tunnelPort})
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			if n, err := tunnelGet(tunnel, 200); n != 200 || err != nil {
				t.Errorf("%d chunks, %v", n, err)
			}
		})
	}
	wg.Wait()
	if s := tunnel.Stats(); s.Protocol != "websocket" || s.Shards != 4 || s.Dials != 64 || s.Reconnects != 0 {
		t.Errorf("%+v", s)
	}
	if err := tunnel.Close(); err != nil {
		t.Error(err)
	}
	goleak.VerifyNone(t, before)
}

func TestTunnelSaysWhatAPodRefuses(t *testing.T) {
	r := newTunnelRig(t, 1)
	if _, err := tunnelGet(r.tunnel(t, r.admin, tunnelRefusedPort), 1); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a port on which nothing listens: %v", err)
	}
	const unknown = 9 // the node knows no way to it
	if _, err := tunnelGet(r.tunnel(t, r.admin, unknown), 1); err == nil || !strings.Contains(err.Error(), "port 9 of pod") {
		t.Errorf("a port that leads nowhere: %v", err)
	}
}

func TestTunnelEndsWithItsCaller(t *testing.T) {
	r := newTunnelRig(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tunnel := r.tunnel(t, r.admin, tunnelPort)
	if _, err := tunnel.Dial(ctx, "", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("a dial that was cancelled: %v", err)
	}
	hanging, err := tunnel.Dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer hanging.Close()
	time.AfterFunc(50*time.Millisecond, func() { _ = hanging.SetDeadline(time.Unix(1, 0)) })
	if _, err := hanging.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a read that was cancelled: %v", err)
	}
	trip, err := r.admin.RoundTrip(t.Context())
	if err != nil || trip <= 0 || trip > time.Second {
		t.Errorf("round trip to the API server: %v, %v", trip, err)
	}
	about, err := r.admin.Describe(t.Context())
	if err != nil || !strings.HasPrefix(about.Version, "v1.") || about.Platform == "" {
		t.Errorf("%+v, %v", about, err)
	}
}

// cutter is a proxy in front of the API server that can cut what goes through.
type cutter struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
}

func newCutter(t *testing.T, to string) *cutter {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: ln}
	t.Cleanup(func() { ln.Close(); c.cut() })
	go func() {
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			c.mu.Lock()
			c.conns = append(c.conns, in, out)
			c.mu.Unlock()
			go func() { _, _ = io.Copy(in, out); in.Close() }()
			go func() { _, _ = io.Copy(out, in); out.Close() }()
		}
	}()
	return c
}

func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}

func TestTunnelSurvivesALostConnection(t *testing.T) {
	r := newTunnelRig(t, 1)
	proxy := newCutter(t, strings.TrimPrefix(r.admin.Host, "https://"))
	c := tunnelConnect(t, func(f *genericclioptions.ConfigFlags) {
		server := "https://" + proxy.Addr().String()
		f.APIServer = &server
	})
	tunnel := c.Tunnel(kube.TunnelSpec{Namespace: r.namespace, Pods: r.pods, Port: tunnelPort, Shards: 1})
	t.Cleanup(func() { tunnel.Close() })
	hanging, err := tunnel.Dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer hanging.Close()
	proxy.cut()
	if _, err := hanging.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a stream of the lost connection: %v", err)
	}
	if _, err := tunnelGet(tunnel, 1); err != nil {
		t.Errorf("after the loss: %v", err)
	}
	if s := tunnel.Stats(); s.Reconnects != 1 {
		t.Errorf("%+v", s)
	}
}

func TestTunnelLeavesAPodThatIsGone(t *testing.T) {
	r := newTunnelRig(t, 1)
	tunnel := r.admin.Tunnel(kube.TunnelSpec{
		Namespace: r.namespace, Pods: []string{"vllm-gone"}, Port: tunnelPort,
		Refresh: func(context.Context) ([]string, error) { return r.pods, nil },
	})
	t.Cleanup(func() { tunnel.Close() })
	if n, err := tunnelGet(tunnel, 3); n != 3 || err != nil {
		t.Errorf("%d chunks, %v", n, err)
	}
}

// What Roles renders is what the API server takes, and is enough.
func TestRolesSuffice(t *testing.T) {
	r := newTunnelRig(t, 1)
	for name, c := range map[string]struct {
		permissions []kube.Permission
		protocol    string
	}{
		"all":    {append(kube.ListPermissions(), kube.TunnelPermissions()...), "websocket"},
		"create": {append(kube.ListPermissions(), kube.TunnelPermissions()[0]), "spdy"},
	} {
		t.Run(name, func(t *testing.T) {
			user := r.namespace + "-" + name
			caller := tunnelConnect(t, func(f *genericclioptions.ConfigFlags) { f.Impersonate = &user })
			_, err := tunnelGet(r.tunnel(t, caller, tunnelPort), 1)
			if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "asked for create pods/portforward in namespace "+r.namespace) {
				t.Errorf("without a role: %v", err)
			}
			r.allow(t, user, c.permissions)
			decisions, err := caller.May(t.Context(), r.namespace, c.permissions)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range decisions {
				if !d.Allowed {
					t.Errorf("may not %s: %s", d.Permission, d.Reason)
				}
			}
			inventory, err := caller.List(t.Context(), r.namespace)
			if err != nil || len(inventory.Pods) != 1 || len(inventory.Nodes) == 0 {
				t.Fatal(inventory, err)
			}
			for _, s := range inventory.Skipped {
				if !strings.Contains(s.Reason, "this cluster has no") {
					t.Errorf("%s: %s", s.Source, s.Reason)
				}
			}
			tunnel := r.tunnel(t, caller, tunnelPort)
			if n, err := tunnelGet(tunnel, 3); n != 3 || err != nil || tunnel.Stats().Protocol != c.protocol {
				t.Errorf("%d chunks, %v, %+v", n, err, tunnel.Stats())
			}
		})
	}
}

// allow applies the rendered roles, and waits until they are in force.
func (r *tunnelRig) allow(t *testing.T, user string, ps []kube.Permission) {
	t.Helper()
	text, err := kube.Roles(user, r.namespace, ps, rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user})
	if err != nil {
		t.Fatal(err)
	}
	reader := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		var object unstructured.Unstructured
		if err := reader.Decode(&object.Object); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		r.create(t, object)
	}
	caller := tunnelConnect(t, func(f *genericclioptions.ConfigFlags) { f.Impersonate = &user })
	tunnelEventually(t, "roles in force", func() bool {
		decisions, err := caller.May(t.Context(), r.namespace, ps[len(ps)-1:])
		return err == nil && decisions[0].Allowed
	})
}

func (r *tunnelRig) create(t *testing.T, object unstructured.Unstructured) {
	t.Helper()
	kinds := map[string]string{"Role": "roles", "RoleBinding": "rolebindings", "ClusterRole": "clusterroles", "ClusterRoleBinding": "clusterrolebindings"}
	objects := r.admin.Dynamic.Resource(rbacv1.SchemeGroupVersion.WithResource(kinds[object.GetKind()])).Namespace(object.GetNamespace())
	strict := metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict}
	if _, err := objects.Create(t.Context(), &object, strict); err != nil {
		t.Fatalf("create %s: %v", object.GetKind(), err)
	}
	t.Cleanup(func() { _ = objects.Delete(context.Background(), object.GetName(), metav1.DeleteOptions{}) })
}
