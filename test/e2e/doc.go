// Package e2e drives the built program against real clusters: the rig of
// test/cluster, whose README says what these tests may count on. Everything in
// it has the build tag e2e, because `make test` needs no cluster.
package e2e
