# Everything a contributor runs. `make` alone lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
# How long `make fuzz` spends on each target.
FUZZTIME ?= 60s
GOVULNCHECK := v1.9.0
# The database itself is a module too, for where vuln.go.dev is out of reach.
VULNDB_VERSION ?= latest

PROGRAM   := ./cmd/kubectl-llmbench
# The commit comes in by -X, so that a build needs no version control.
GOBUILD   := go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)'
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
# A program that is downloaded for every job of a pipeline stays small.
MOST_BYTES = 60000000
# Nothing but Go's own caches and the rig's is left outside the checkout.
export GOLANGCI_LINT_CACHE := $(CURDIR)/bin/.lint-cache

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/kubectl-llmbench for this machine
	CGO_ENABLED=0 $(GOBUILD) -o bin/ $(PROGRAM)

.PHONY: cross
cross: ## Build bin/dist/* for every supported platform
	@for platform in $(PLATFORMS); do \
	  os=$${platform%/*} arch=$${platform#*/} suffix=; \
	  if [ $$os = windows ]; then suffix=.exe; fi; \
	  echo "build $$platform"; \
	  program=bin/dist/kubectl-llmbench-$$os-$$arch$$suffix; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GOBUILD) -o $$program $(PROGRAM) || exit 1; \
	  if [ $$(wc -c <$$program) -gt $(MOST_BYTES) ]; then \
	    echo "$$program has $$(wc -c <$$program) bytes, over $(MOST_BYTES): has a dependency brought in text/template?" >&2; exit 1; \
	  fi; \
	done

.PHONY: test
test: ## Run all tests under the race detector
	go test -race -timeout 10m ./...
	go -C test/cluster/image test ./...

.PHONY: check
check: ## Check formatting, vet every platform's files, check that the modules are tidy
	@unformatted=$$(gofmt -l cmd config data pkg test); \
	if [ -n "$$unformatted" ]; then echo "not formatted; run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	GOOS=linux go vet ./...
	GOOS=darwin go vet -trimpath ./... # as cross builds, which then finds it compiled
	GOOS=windows go vet -trimpath ./...
	go mod tidy -diff
	go -C tools mod tidy -diff
	go -C test/cluster/image vet ./...
	go -C test/cluster/image mod tidy -diff

.PHONY: lint
lint: bin/golangci-lint ## Run the pinned linter
	bin/golangci-lint config verify
	bin/golangci-lint run ./...

# The version stands in tools/go.mod. The first build takes a minute or two.
bin/golangci-lint: tools/go.mod tools/go.sum
	go -C tools build -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

.PHONY: verify
verify: check lint test ## Run all that a change must pass

.PHONY: cluster-up
cluster-up: build ## Start real Kubernetes on this machine; TIER=nodes (root) for nodes that run pods
	@test/cluster/up.sh

.PHONY: cluster-down
cluster-down: ## End it; TIER as it was started
	@test/cluster/down.sh

.PHONY: e2e
e2e: build ## Run the end-to-end tests on both tiers of test/cluster
	@test/cluster/e2e.sh

.PHONY: honest
honest: ## Count how often the verdict on simulated engines is right, over a hundred runs each
	go test -count=1 -v ./test/honest

.PHONY: proxies
proxies: ## Measure through a real HAProxy, as OpenShift's router is one; it must be installed
	go test -tags proxies -count=1 ./test/proxies

.PHONY: browser
browser: ## Open the reports in Chromium and read the PDF with poppler; both must be installed
	go test -tags browser -count=1 ./test/browser

.PHONY: golden
golden: ## Rewrite golden files and the published schema from what the code does now
	@grep -rl --include='*_test.go' '/test/golden"' pkg | xargs -n1 dirname | sort -u | \
	  while read -r dir; do go test -count=1 "./$$dir" -update; done

.PHONY: docs
docs: ## Make the commands' pages, and the README's flags, tour and picture, of the program
	go test -count=1 ./test/docs -update
	go run ./test/tour

.PHONY: charts
charts: ## Pack the charts' library anew, and rewrite what they render to
	go test -count=1 ./test/charts -update
	TIERS=control E2E_FLAGS='-run ChartsRender ./test/e2e -args -update' test/cluster/e2e.sh

.PHONY: demo
demo: ## Compare three simulated engines, which needs no cluster
	go run $(PROGRAM) quick --simulate

.PHONY: bench
bench: ## Measure the measuring itself, against simulated engines
	go run ./test/bench

.PHONY: capacity-seeds
capacity-seeds: ## Find a simulated engine's known capacity over ten seeds, on sockets; half an hour
	go test -tags capacityseeds -run TestCapacitySeeds -v -timeout 90m ./pkg/bench

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (60s)
	@grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' pkg | sort | while IFS=: read -r file declaration; do \
	  echo "$${file%/*} $${declaration#func }"; \
	  go test -run '^$$' -fuzz "^$${declaration#func }$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "./$${file%/*}" </dev/null; \
	done

.PHONY: durability
durability: ## Kill the program 200 times and look at what it kept
	LLMBENCH_KILLS=200 go test -count=1 -timeout 30m ./test/durability

.PHONY: soak
soak: ## Load simulated engines for an hour (SOAK=1h) and print what grows
	LLMBENCH_SOAK=$(or $(SOAK),1h) go test -count=1 -v -timeout 0 -run LongLoad ./test/soak

.PHONY: vuln
vuln: ## Ask the Go vulnerability database (VULNDB=file://… a copy of it) about what is called
	go run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK) $(if $(VULNDB),-db $(VULNDB)) ./...

.PHONY: vulndb
vulndb: ## Write bin/vulndb, a copy of that database, from the Go module proxy
	rm -rf bin/vulndb
	dir=$$(go mod download -json golang.org/x/vulndb@$(VULNDB_VERSION) | sed -n 's/^\t"Dir": "\(.*\)",$$/\1/p'); \
	  go run golang.org/x/vulndb/cmd/indexdb@$(VULNDB_VERSION) -vulns "$$dir/data/osv" -out bin/vulndb
	@echo "make vuln VULNDB=file://$(CURDIR)/bin/vulndb"

# The repository that the image is published in.
IMAGE ?= ghcr.io/kubectl-llmbench/kubectl-llmbench

.PHONY: image
image: ## Write bin/llmbench-image.tar, an OCI image for both Linux platforms; needs no daemon
	@for arch in amd64 arm64; do \
	  echo "build linux/$$arch"; \
	  CGO_ENABLED=0 GOOS=linux GOARCH=$$arch $(GOBUILD) -o bin/image/linux/$$arch/kubectl-llmbench $(PROGRAM); \
	done
	@go -C test/cluster/image run ./pack release $(CURDIR)/bin/llmbench-image.tar $(IMAGE):$(VERSION) $(COMMIT) \
	  $(foreach arch,amd64 arm64,$(arch)=$(CURDIR)/bin/image/linux/$(arch)/kubectl-llmbench)
	@sha256sum bin/llmbench-image.tar

# The time of the commit, which files in archives bear.
COMMIT_TIME ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1)
SNAPSHOT_TAG  = $(if $(filter v%,$(VERSION)),$(VERSION),v0.0.0-$(COMMIT))

.PHONY: release-snapshot
release-snapshot: cross ## Pack bin/release/*: archives, checksums and krew's manifest, as a release has them
	@go -C test/release run . --root ../.. --programs $(CURDIR)/bin/dist --out $(CURDIR)/bin/release --tag $(SNAPSHOT_TAG) --time $(COMMIT_TIME)
	@cd bin/release && sha256sum --check --quiet checksums.txt && cat checksums.txt

.PHONY: release-check
release-check: build ## Install the archives with real krew, and run the plugin through real kubectl
	go -C test/release mod tidy -diff
	go -C test/release vet ./...
	go -C test/release test -count=1 ./...

.PHONY: clean
clean: ## Remove what was built; results stay
	rm -rf bin
