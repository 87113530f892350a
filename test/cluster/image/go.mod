module github.com/kubectl-llmbench/kubectl-llmbench/test/cluster/image

go 1.26.0
