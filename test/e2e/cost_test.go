//go:build e2e

package e2e

import (
	"fmt"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// many is how many Services and how many pods the cost is looked at with, and
// page how many objects one request brings.
const (
	many = 5000
	page = 500
)

func TestTheNumberOfRequestsGrowsWithPagesAlone(t *testing.T) {
	on(t, controlPlane)
	namespace := newNamespace(t, "many")
	flags := genericclioptions.NewConfigFlags(false)
	flags.Namespace = &namespace
	crowd(t, flags, namespace)

	c, err := kube.Connect(flags)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	begin := time.Now()
	inventory, err := c.List(t.Context(), namespace)
	if err != nil {
		t.Fatal(err)
	}
	listed := time.Since(begin)
	if len(inventory.Services) != many || len(inventory.Pods) != many {
		t.Fatalf("listed %d Services and %d pods", len(inventory.Services), len(inventory.Pods))
	}
	objects := map[string]int{
		"pods": len(inventory.Pods), "services": len(inventory.Services), "endpointslices": len(inventory.EndpointSlices),
		"nodes": len(inventory.Nodes), "ingresses": 0, "routes": 0, "httproutes": 0, "gateways": 0, "inferenceservices": 0,
	}
	most := 0
	for _, n := range objects {
		most += max(1, (n+page-1)/page)
	}
	if got := int(c.Requests()); got > most {
		t.Errorf("%d requests for %v, want at most one a page of %d: %d", got, objects, page, most)
	}
	begin = time.Now()
	r, err := discover.Find(t.Context(), discover.Options{Inventory: inventory})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d Services and %d pods: %d requests, listed in %s, searched in %s, %d engines",
		many, many, c.Requests(), listed.Round(time.Millisecond), time.Since(begin).Round(time.Millisecond), len(r.Engines))
	if got := int(c.Requests()); got > most {
		t.Errorf("the search itself sent %d requests", got-most)
	}
}

// crowd makes the objects; no scheduler takes the pods.
func crowd(t *testing.T, flags *genericclioptions.ConfigFlags, namespace string) {
	t.Helper()
	config, err := flags.ToRESTConfig()
	if err != nil {
		t.Fatal(err)
	}
	config.QPS, config.Burst = 2000, 2000
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	numbers := make(chan int)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for i := range numbers {
				name := fmt.Sprintf("web-%d", i)
				labels := map[string]string{"app": name}
				pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
					Spec: corev1.PodSpec{SchedulerName: "nobody", Containers: []corev1.Container{{Name: "web", Image: "nginx", Ports: []corev1.ContainerPort{{ContainerPort: 8080}}}}}}
				service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name},
					Spec: corev1.ServiceSpec{ClusterIP: corev1.ClusterIPNone, Selector: labels, Ports: []corev1.ServicePort{{Port: 8080}}}}
				if _, err := client.CoreV1().Pods(namespace).Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
					t.Error(err)
				}
				if _, err := client.CoreV1().Services(namespace).Create(t.Context(), service, metav1.CreateOptions{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range many {
		numbers <- i
	}
	close(numbers)
	all.Wait()
}
