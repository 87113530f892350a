// Package kube is the way to the API server: clients made from the caller's
// kubeconfig, paged lists, access reviews and port-forward tunnels.
//
// [Connect] gives a [Cluster]. [Cluster.List] lists every kind discovery needs
// in a number of requests that grows by the page alone; what the cluster lacks
// or the caller may not see is named and passed over. [Cluster.Tunnel] opens
// connections to a pod through the API server, without a local port.
//
// [Cluster.Workers] gives access to the objects of a run from inside the cluster,
// which are all that is ever written to it.
//
// It is the only package that touches client-go's transport. It knows no
// engine and decides nothing about what it lists.
package kube
