package fleet

import (
	"context"
	"io"
)

// Pods is what the caller's side needs of the cluster.
type Pods interface {
	// List returns the workers' pods as they stand, those that ended included.
	List(ctx context.Context) ([]Pod, error)
	// Troubles returns what the cluster said of the Job and of its pods that did
	// not go well, the newest last.
	Troubles(ctx context.Context) ([]Trouble, error)
	// Order writes a worker's orders.
	Order(ctx context.Context, pod string, orders []byte) error
	// Log opens a pod's log from its begin and follows it until the pod ends.
	Log(ctx context.Context, pod string) (io.ReadCloser, error)
}

// Pod is one worker's pod.
type Pod struct {
	Name   string
	Worker int
	Node   string
	// Lead is who leads it, as its orders say.
	Lead Lead
	// Begun says that its container has run, so that there is a log.
	Begun bool
	// Ended says that nothing of it runs any more.
	Ended bool
	// Why says why it ended, or why it does not begin, in the cluster's own words;
	// Hopeless that waiting would not help.
	Why      string
	Hopeless bool
}

// Trouble is a warning of the cluster.
type Trouble struct {
	// Object is whose it is: the name of a pod, or of the Job.
	Object, Reason, Message string
	// Hopeless says that no worker will come about.
	Hopeless bool
}

// String returns it as kubectl describe shows it.
func (t Trouble) String() string { return t.Object + ": " + t.Reason + ": " + t.Message }
