#!/usr/bin/env bash
# Builds what the tiers run, once for each state of the sources: kube, which is
# all programs, kubectl as a link to it, Helm, and the definitions of custom
# resources from their modules. Cold it takes minutes and 2.6 GB of memory.
. "$(dirname "$0")/lib.sh"
export GOFLAGS=-buildvcs=false CGO_ENABLED=0

kube() {
  local version minor at=k8s.io/component-base/version kwok
  cd "$rig/kube"
  version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
  minor=${version#v1.}
  go build -trimpath -o "$out/kube" -ldflags "-s -w \
    -X $at.gitVersion=$version -X $at.gitMajor=1 -X $at.gitMinor=${minor%%.*}" .
  ln -s kube "$out/kubectl"
  kwok=$(go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)/kustomize
  "$out/kubectl" kustomize "$kwok/crd" >"$out/kwok-crds.yaml"
  "$out/kubectl" kustomize "$kwok/stage/fast" >"$out/kwok-stages.yaml"
}

# helm is stamped with its version and with that of the Kubernetes it takes a
# cluster for when there is none, which is its client's.
helm() {
  local at=helm.sh/helm/v3 version minor flags='-s -w' package
  cd "$rig/helm"
  version=$(go list -m -f '{{.Version}}' $at)
  minor=$(go list -m -f '{{.Version}}' k8s.io/client-go)
  minor=${minor#v0.}
  for package in chartutil lint/rules; do
    flags+=" -X $at/pkg/$package.k8sVersionMajor=1 -X $at/pkg/$package.k8sVersionMinor=${minor%%.*}"
  done
  go build -trimpath -o "$out/helm" -ldflags "$flags -X $at/internal/version.version=$version" $at/cmd/helm
}

# crds joins the definitions of Route, of the Gateway API's standard channel and
# of InferenceService (in the minimal form, which KServe also ships).
crds() {
  local modules=(github.com/openshift/api sigs.k8s.io/gateway-api github.com/kserve/kserve) dirs file
  cd "$rig/crds"
  go mod download "${modules[@]}"
  mapfile -t dirs < <(go list -m -f '{{.Dir}}' "${modules[@]}")
  for file in "${dirs[0]}"/route/v1/zz_generated.crd-manifests/routes.crd.yaml \
    "${dirs[1]}"/config/crd/standard/gateway.networking.k8s.io_*.yaml \
    "${dirs[2]}"/config/crd/minimal/serving.kserve.io_inferenceservices.yaml; do
    # Beside them stands a policy, which guards upgrades.
    grep -q '^kind: CustomResourceDefinition' "$file" || continue
    echo ---
    cat "$file"
    echo
  done >"$out/crds.yaml"
}

mkdir -p "${RIG_BIN%/*}"
exec 9>"${RIG_BIN%/*}/lock"
flock 9
if [[ -e $RIG_BIN ]]; then
  touch "$RIG_BIN"
  exit
fi
# Programs that no checkout has asked for in a month.
find "${RIG_BIN%/*}" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} +
out=$(mktemp -d "${RIG_BIN%/*}/building-XXXXXX")
trap 'rm -rf "$out"' EXIT
echo "building the rig's programs into $RIG_BIN: minutes, the first time" >&2
kube
helm
crds
chmod 755 "$out"
mv "$out" "$RIG_BIN"
