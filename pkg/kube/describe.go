package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/version"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// errFake says that a Cluster was put together from fake clients.
var errFake = errors.New("this cluster is made of clients without a connection")

// Describe returns the API server's version and what kind of cluster it is, in
// two requests.
func (c *Cluster) Describe(ctx context.Context) (record.Cluster, error) {
	var info version.Info
	if err := c.get(ctx, "/version", &info); err != nil {
		return record.Cluster{}, err
	}
	var groups metav1.APIGroupList
	if err := c.get(ctx, "/apis", &groups); err != nil {
		return record.Cluster{Version: info.GitVersion}, err
	}
	return record.Cluster{Version: info.GitVersion, Platform: platform(info.GitVersion, c.Host, groups.Groups)}, nil
}

func (c *Cluster) get(ctx context.Context, path string, into any) error {
	if c.raw == nil {
		return errFake
	}
	body, err := c.raw.Get().AbsPath(path).SetHeader("Accept", "application/json").Do(ctx).Raw()
	if err != nil {
		return c.check(ctx, fmt.Errorf("get %s: %w", path, err))
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("read %s of %s: %w", path, c.Host, err)
	}
	return nil
}

// platforms tells distributions by a part of the version they report, or of
// the name of the host they answer at.
var platforms = []struct{ version, host, name string }{
	{version: "-gke.", name: "GKE"},
	{version: "-eks-", host: ".eks.amazonaws.com", name: "EKS"},
	{host: ".azmk8s.io", name: "AKS"},
	{version: "+k3s", name: "K3s"},
	{version: "+rke2", name: "RKE2"},
}

func platform(version, host string, groups []metav1.APIGroup) string {
	for _, g := range groups {
		if g.Name == "route.openshift.io" || g.Name == "config.openshift.io" {
			return "OpenShift"
		}
	}
	for _, p := range platforms {
		if p.version != "" && strings.Contains(version, p.version) || p.host != "" && strings.Contains(host, p.host) {
			return p.name
		}
	}
	return "Kubernetes"
}

// RoundTrip measures one round trip to the API server on a connection that is
// already open: from the last byte of a small GET to the first of its answer.
// Client-side rate limits are not part of it.
func (c *Cluster) RoundTrip(ctx context.Context) (time.Duration, error) {
	if c.raw == nil {
		return 0, errFake
	}
	const attempts = 3
	var trip trip
	for range attempts {
		trip = takeTrip(ctx, c)
		if trip.err != nil || trip.warm {
			break
		}
	}
	return trip.took, c.check(ctx, trip.err)
}

// trip is one timed request.
type trip struct {
	took time.Duration
	// warm says that its connection had carried requests before.
	warm bool
	err  error
}

func takeTrip(ctx context.Context, c *Cluster) trip {
	var mu sync.Mutex // net/http calls back from goroutines of its own
	var got, sent, heard time.Time
	var warm bool
	note := func(f func()) { mu.Lock(); defer mu.Unlock(); f() }
	trace := &httptrace.ClientTrace{
		GotConn:              func(i httptrace.GotConnInfo) { note(func() { got, warm = time.Now(), i.Reused }) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { note(func() { sent = time.Now() }) },
		GotFirstResponseByte: func() { note(func() { heard = time.Now() }) },
	}
	_, err := c.raw.Get().AbsPath("/version").Do(httptrace.WithClientTrace(ctx, trace)).Raw()
	mu.Lock()
	defer mu.Unlock()
	if sent.IsZero() || heard.IsZero() {
		return trip{err: fmt.Errorf("get /version: %w", err)}
	}
	if !sent.Before(heard) {
		sent = got // on a busy machine the answer is there before the writer says that it wrote
	}
	// An answer that says no has made the round trip all the same.
	return trip{took: heard.Sub(sent), warm: warm}
}
