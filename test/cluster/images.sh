#!/usr/bin/env bash
# Packs bin/kubectl-llmbench into the images of image/pack/images.go, and gives
# them to the nodes if they run. Pods that start from then on have the new program.
. "$(dirname "$0")/lib.sh"
[[ $TIER == nodes ]] || fail "only the node tier has images: TIER=nodes"
[[ -x $root/bin/kubectl-llmbench ]] || fail "bin/kubectl-llmbench is missing: run make build"

out=$run/images
mkdir -p "$out"
cd "$rig/image"
GOFLAGS=-buildvcs=false CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$out/" ./...
"$out/pack" "$out/images.tar" "$root/bin/kubectl-llmbench" "$out/engine" "$out/pause"

up || exit 0
# shellcheck disable=SC2016 # the inner shell expands them
inside bash -c 'set -euo pipefail
  for file in "$1"/n[0-9]*; do
    read -r pid _ <"$file"
    nsenter --target "$pid" --mount ctr -n k8s.io images import "$2" >/dev/null
  done' import "$pids" "$out/images.tar"
