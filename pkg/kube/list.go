package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// pageSize is how many objects are asked for at once; kubectl's own.
const pageSize = 500

// List lists every kind of an Inventory at once, in pages of 500, in a
// namespace or, where that is "", everywhere. Nodes and Gateways are listed in
// the whole cluster, and Gateways in the namespace where that is forbidden.
//
// A kind that the cluster lacks, or that cannot be listed, is named in Skipped.
// An error means that the API server cannot be used at all: ErrUnreachable,
// ErrCredentials, or that ctx has ended.
func (c *Cluster) List(ctx context.Context, namespace string) (*Inventory, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	l := &lister{cluster: c, into: &Inventory{Namespace: namespace}}
	skipped := make([]*record.Skipped, len(kinds))
	var wg sync.WaitGroup
	for i, k := range kinds {
		wg.Go(func() {
			var err error
			if skipped[i], err = l.list(ctx, k, namespace); err != nil {
				cancel(err) // the others would fail in the same way
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, listError(ctx, c.Host, err)
	}
	for _, s := range skipped {
		if s != nil {
			l.into.Skipped = append(l.into.Skipped, *s)
		}
	}
	slices.SortFunc(l.unreadable, func(a, b record.Skipped) int { return strings.Compare(a.Source, b.Source) })
	l.into.Skipped = append(l.into.Skipped, l.unreadable...)
	l.into.Requests = l.requests.Load()
	return l.into, nil
}

// listError tells the caller's own end of ctx from what one of the lists met.
func listError(ctx context.Context, host string, err error) error {
	if errors.Is(err, ErrUnreachable) || errors.Is(err, ErrCredentials) {
		return err
	}
	return explain(ctx, host, err)
}

// lister fills one Inventory. Each kind has a field of its own there.
type lister struct {
	cluster  *Cluster
	into     *Inventory
	requests atomic.Int64

	mu         sync.Mutex
	unreadable []record.Skipped
}

// list lists one kind, and says why where it could not.
func (l *lister) list(ctx context.Context, k kind, namespace string) (*record.Skipped, error) {
	where := namespace
	if k.clusterWide {
		where = ""
	}
	err := k.read(ctx, l, where)
	if k.namespaced && where != namespace && apierrors.IsForbidden(err) {
		where = namespace
		err = k.read(ctx, l, where)
	}
	if err == nil {
		return nil, nil
	}
	err = l.cluster.check(ctx, err)
	if ctx.Err() != nil || errors.Is(err, ErrUnreachable) || errors.Is(err, ErrCredentials) {
		return nil, err
	}
	return &record.Skipped{Source: k.resource, Reason: k.reason(where, err), Forbidden: apierrors.IsForbidden(err)}, nil
}

// reason says why a kind is missing from an Inventory.
func (k kind) reason(namespace string, err error) string {
	switch {
	case apierrors.IsForbidden(err):
		return "forbidden; asked for " + k.permission().asked(namespace)
	case apierrors.IsNotFound(err), meta.IsNoMatchError(err):
		return fmt.Sprintf("this cluster has no %s API", k.groupVersion())
	}
	return fmt.Sprintf("the API server could not list them: %v", err)
}

// pages lists page by page. A continue token that has expired starts the list
// again, once: the pages before it are of a state that is no more.
func pages[L metav1.ListInterface](ctx context.Context, l *lister, list func(context.Context, metav1.ListOptions) (L, error), keep func(L), forget func()) error {
	options := metav1.ListOptions{Limit: pageSize}
	again := true
	for {
		l.requests.Add(1)
		page, err := list(ctx, options)
		switch {
		case err != nil && expired(err) && again && options.Continue != "":
			forget()
			again, options.Continue = false, ""
			continue
		case err != nil:
			return err
		}
		keep(page)
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return nil
		}
	}
}

func expired(err error) bool {
	var answer apierrors.APIStatus
	return errors.As(err, &answer) && answer.Status().Code == http.StatusGone
}
