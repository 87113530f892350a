package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// errNoPod says that there is nothing to forward to.
var errNoPod = errors.New("no pod is ready")

// readyPods lists the pods with some labels that are ready and not about to go.
func (c *Cluster) readyPods(ctx context.Context, namespace, selector string) ([]string, error) {
	list, err := c.Core.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, c.check(ctx, err)
	}
	var names []string
	for _, p := range list.Items {
		ready := slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
		})
		if ready && p.DeletionTimestamp == nil {
			names = append(names, p.Name)
		}
	}
	return names, nil
}

// connect opens an upgraded connection to the pod that has the fewest, and
// where that is gone to another.
func (t *Tunnel) connect(ctx context.Context, s *slot) (*link, error) {
	tried := map[string]bool{}
	failed := fmt.Errorf("%w in namespace %s to forward port %d of", errNoPod, t.spec.Namespace, t.spec.Port)
	for {
		pod, err := t.choose(ctx, s, tried)
		if err != nil {
			return nil, err
		}
		if pod == "" {
			return nil, failed
		}
		l, err := t.upgrade(ctx, pod)
		if err == nil {
			return l, nil
		}
		if hopeless(ctx, err) {
			return nil, err
		}
		tried[pod], failed = true, err
		t.mu.Lock()
		t.stale = true
		t.mu.Unlock()
	}
}

// hopeless reports that no other pod would do better.
func hopeless(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, ErrUnreachable) || errors.Is(err, ErrCredentials) ||
		errors.Is(err, errFake) || apierrors.IsForbidden(err)
}

// choose returns a pod that was not tried, "" where there is none.
func (t *Tunnel) choose(ctx context.Context, s *slot, tried map[string]bool) (string, error) {
	if err := t.refresh(ctx); err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	used := map[string]int{}
	for _, other := range t.slots {
		if other != s && (other.link != nil || other.opening != nil) {
			used[other.pod]++
		}
	}
	best := ""
	for _, pod := range t.pods {
		if !tried[pod] && (best == "" || used[pod] < used[best]) {
			best = pod
		}
	}
	s.pod = best
	return best, nil
}

// refresh asks which pods are ready where what is known may be out of date.
func (t *Tunnel) refresh(ctx context.Context) error {
	t.mu.Lock()
	due := t.spec.Refresh != nil && (t.stale || len(t.pods) == 0)
	t.mu.Unlock()
	if !due {
		return nil
	}
	pods, err := t.spec.Refresh(ctx)
	if apierrors.IsForbidden(err) {
		return nil // what is known is all there is
	}
	if err != nil {
		return fmt.Errorf("ask which pods are ready in namespace %s: %w", t.spec.Namespace, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pods, t.stale = pods, false
	return nil
}
