package discover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	routev1 "github.com/openshift/api/route/v1"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// team is the namespace of what the builders build.
const team = "team-a"

// pod is a ready pod with one container, as changed.
func pod(name string, changes ...func(*corev1.Pod)) corev1.Pod {
	p := corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: name, Labels: map[string]string{}},
		Spec:       corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{Name: "main", Image: "registry.corp/team/server:1"}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{
			{Type: corev1.PodReady, Status: corev1.ConditionTrue},
		}},
	}
	for _, change := range changes {
		change(&p)
	}
	return p
}

func main(p *corev1.Pod) *corev1.Container { return &p.Spec.Containers[0] }

func image(name string) func(*corev1.Pod) { return func(p *corev1.Pod) { main(p).Image = name } }

func args(list ...string) func(*corev1.Pod) { return func(p *corev1.Pod) { main(p).Args = list } }

func command(list ...string) func(*corev1.Pod) { return func(p *corev1.Pod) { main(p).Command = list } }

func env(name, value string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { main(p).Env = append(main(p).Env, corev1.EnvVar{Name: name, Value: value}) }
}

func port(name string, number int32) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		main(p).Ports = append(main(p).Ports, corev1.ContainerPort{Name: name, ContainerPort: number})
	}
}

func gpus(name, count string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		main(p).Resources.Limits = corev1.ResourceList{corev1.ResourceName(name): resource.MustParse(count)}
	}
}

func labelled(pairs ...string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		for i := 0; i < len(pairs); i += 2 {
			p.Labels[pairs[i]] = pairs[i+1]
		}
	}
}

func owned(kind, name string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		yes := true
		p.OwnerReferences = []metav1.OwnerReference{{Kind: kind, Name: name, Controller: &yes}}
	}
}

func unready(p *corev1.Pod) { p.Status.Conditions[0].Status = corev1.ConditionFalse }

func on(node string) func(*corev1.Pod) { return func(p *corev1.Pod) { p.Spec.NodeName = node } }

// beside adds a container.
func beside(c corev1.Container) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.Spec.Containers = append(p.Spec.Containers, c) }
}

// vllmPod is a pod that is plainly vLLM, behind the label app=vllm.
func vllmPod(name string, changes ...func(*corev1.Pod)) corev1.Pod {
	return pod(name, append([]func(*corev1.Pod){image("vllm/vllm-openai:v0.9.1"), labelled("app", "vllm")}, changes...)...)
}

// service is a ClusterIP Service that selects app=<name> and leads from port
// 80 to 8000, as changed.
func service(name string, changes ...func(*corev1.Service)) corev1.Service {
	s := corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: name},
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeClusterIP, ClusterIP: "10.0.0.1", Selector: map[string]string{"app": name},
			Ports: []corev1.ServicePort{servicePort("http", 80, 8000)},
		},
	}
	for _, change := range changes {
		change(&s)
	}
	return s
}

func servicePort(name string, number, target int32) corev1.ServicePort {
	return corev1.ServicePort{Name: name, Port: number, TargetPort: intstr.FromInt32(target)}
}

func ports(list ...corev1.ServicePort) func(*corev1.Service) {
	return func(s *corev1.Service) { s.Spec.Ports = list }
}

func selects(pairs ...string) func(*corev1.Service) {
	return func(s *corev1.Service) {
		s.Spec.Selector = nil
		for i := 0; i < len(pairs); i += 2 {
			if s.Spec.Selector == nil {
				s.Spec.Selector = map[string]string{}
			}
			s.Spec.Selector[pairs[i]] = pairs[i+1]
		}
	}
}

// slice is a Service's endpoint slice; a pod whose name begins with "!" is
// not ready.
func slice(service string, ports map[string]int32, pods ...string) discoveryv1.EndpointSlice {
	s := discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{
		Namespace: team, Name: service + "-x", Labels: map[string]string{discoveryv1.LabelServiceName: service},
	}}
	for name, number := range ports {
		s.Ports = append(s.Ports, discoveryv1.EndpointPort{Name: &name, Port: &number})
	}
	for _, p := range pods {
		name, unready := strings.CutPrefix(p, "!")
		ready := !unready
		s.Endpoints = append(s.Endpoints, discoveryv1.Endpoint{
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Namespace: team, Name: name},
			Conditions: discoveryv1.EndpointConditions{Ready: &ready},
		})
	}
	return s
}

// node is a node that is ready, with addresses.
func node(name, internal, external string) corev1.Node {
	n := corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{}}, Status: corev1.NodeStatus{
		Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}},
		Addresses:  []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: internal}},
	}}
	if external != "" {
		n.Status.Addresses = append(n.Status.Addresses, corev1.NodeAddress{Type: corev1.NodeExternalIP, Address: external})
	}
	return n
}

// inventory files objects by their type.
func inventory(objects ...any) *kube.Inventory {
	inv := &kube.Inventory{Namespace: team}
	for _, o := range objects {
		switch o := o.(type) {
		case corev1.Pod:
			inv.Pods = append(inv.Pods, o)
		case corev1.Service:
			inv.Services = append(inv.Services, o)
		case discoveryv1.EndpointSlice:
			inv.EndpointSlices = append(inv.EndpointSlices, o)
		case corev1.Node:
			inv.Nodes = append(inv.Nodes, o)
		case routev1.Route:
			inv.Routes = append(inv.Routes, o)
		case networkingv1.Ingress:
			inv.Ingresses = append(inv.Ingresses, o)
		case kube.HTTPRoute:
			inv.HTTPRoutes = append(inv.HTTPRoutes, o)
		case kube.Gateway:
			inv.Gateways = append(inv.Gateways, o)
		case kube.InferenceService:
			inv.InferenceServices = append(inv.InferenceServices, o)
		default:
			panic(fmt.Sprintf("an inventory has no %T", o))
		}
	}
	return inv
}

// object reads an object of the team's namespace from YAML.
func object[T any, P interface {
	*T
	metav1.Object
}](t testing.TB, name, text string) T {
	t.Helper()
	var o T
	if err := yaml.UnmarshalStrict([]byte(text), &o); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	P(&o).SetName(name)
	if P(&o).GetNamespace() == "" {
		P(&o).SetNamespace(team)
	}
	return o
}

// one recognises the only candidate of an inventory.
func one(t *testing.T, inv *kube.Inventory) (*index, *candidate) {
	t.Helper()
	ix := newIndex(inv)
	all := recognise(ix, nil)
	if len(all) != 1 {
		t.Fatalf("%d candidates", len(all))
	}
	return ix, all[0]
}

// show writes a way as "object url ~fallback: status: reason (note)".
func show(r *rung) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", r.object, r.url)
	if r.fallback != "" {
		b.WriteString(" ~" + r.fallback)
	}
	if r.status != "" {
		fmt.Fprintf(&b, " %s: %s", r.status, r.reason)
	}
	if len(r.notes) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(r.notes, "; "))
	}
	return b.String()
}

// ways lists the ways of one rung to the only candidate of an inventory.
func ways(t *testing.T, inv *kube.Inventory, via string, o Options) []string {
	t.Helper()
	ix, c := one(t, inv)
	if o.StreamTime == 0 {
		o.StreamTime = 10 * time.Minute
	}
	var shown []string
	for _, r := range ladder(ix, c, o) {
		if r.via == via {
			shown = append(shown, show(r))
		}
	}
	return shown
}

// noTunnel stands for tunnels where none is opened.
func noTunnel(kube.TunnelSpec) (dial func(context.Context, string, string) (net.Conn, error), end func() error) {
	return func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no tunnel") }, func() error { return nil }
}
