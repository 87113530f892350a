// Pins the modules that the definitions of custom resources are copied from.
// No code imports them, so `go mod tidy` would empty this file. To change a
// version, edit it here and run in this folder:
//	go mod download github.com/kserve/kserve github.com/openshift/api sigs.k8s.io/gateway-api
// KServe's module asks for a Gateway API of its own, so that one may not be older.
module github.com/kubectl-llmbench/kubectl-llmbench/test/cluster/crds

go 1.26.0

require (
	github.com/kserve/kserve v0.17.0
	github.com/openshift/api v0.0.0-20260306002634-d3bbdada155c
	sigs.k8s.io/gateway-api v1.5.1
)
