#!/usr/bin/env bash
# Checks what the tier TIER promises, in a namespace of its own, so that a test
# that fails later is not the rig's fault. Ends at the first promise that is broken.
. "$(dirname "$0")/lib.sh"
up || fail "the tier $TIER is not up: run make cluster-up TIER=$TIER"
enter=$rig/enter.sh namespace=rig-accept

k() { "$enter" kubectl --namespace "$namespace" "$@"; }
quietly() { "$@" >/dev/null; }

# is WHAT WANT COMMAND...: the command prints this, in the end.
is() {
  local what=$1 want=$2 got end=$((SECONDS + 60))
  shift 2
  until got=$("$@" 2>&1 || true) && [[ $got == "$want" ]]; do
    ((SECONDS < end)) || fail "accept: $what: want $want, got $got"
    sleep 0.2
  done
  echo "accept: $what"
}

code() { "$enter" curl -s -o /dev/null -m 3 -w '%{http_code}' --cacert "$pki/ca.crt" "$@"; }
users() { k auth can-i list pods --as system:serviceaccount:$namespace:default; }

begin() {
  quietly "$enter" kubectl delete namespace $namespace --ignore-not-found
  quietly "$enter" kubectl create namespace $namespace
  trap '"$enter" kubectl delete namespace $namespace --wait=false >/dev/null' EXIT
}

# patch KIND PATH VALUE: write a status as a controller would, and read it back.
patch() {
  quietly k patch "$1" engine --subresource=status --type=merge -p "$3"
  is "the status of a $1 is a subresource" rig k get "$1" engine -o "jsonpath=$2"
}

control_tier() {
  local condition='{"type":"Accepted","status":"True","reason":"Accepted","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}'
  quietly k apply -f "$rig/manifests/accept-control.yaml"
  is "a pod with eight GPUs runs on KWOK's node" Running k get pod engine -o 'jsonpath={.status.phase}'
  patch route '{.status.ingress[0].routerName}' '{"status":{"ingress":[{"host":"engine.apps.rig.test","routerName":"rig"}]}}'
  patch gateway '{.status.addresses[0].value}' '{"status":{"addresses":[{"type":"Hostname","value":"rig"}]}}'
  patch httproute '{.status.parents[0].parentRef.name}' '{"status":{"parents":[{"parentRef":{"name":"rig"},"controllerName":"rig.test/none","conditions":['"$condition"']}]}}'
  patch inferenceservice '{.status.url}' '{"status":{"url":"rig"}}'
}

nodes_tier() {
  quietly k create configmap smoke --from-file="$root/.ci/smoke.yaml"
  quietly k apply -f "$rig/manifests/accept-nodes.yaml"
  quietly k rollout status deployment/vllm --timeout=60s
  local ip
  ip=$(k get service vllm -o 'jsonpath={.spec.clusterIP}')
  is "the cluster IP answers" 200 code "http://$ip/health"
  is "each node's port answers: n1" 200 code http://10.250.0.1:30999/health
  is "each node's port answers: n2" 200 code http://10.250.0.2:30999/health
  quietly k patch service vllm -p '{"spec":{"type":"LoadBalancer"}}'
  quietly k patch service vllm --subresource=status --type=merge -p '{"status":{"loadBalancer":{"ingress":[{"ip":"10.251.0.1"}]}}}'
  is "a load balancer's address answers" 200 code http://10.251.0.1/health
  "$rig/front.sh" "vllm.apps.rig.test=http://$ip"
  is "the front proxy routes a host" 200 code http://vllm.apps.rig.test/health
  is "the front proxy ends TLS" 200 code https://vllm.apps.rig.test/health
  is "the front proxy knows no other host" 503 code http://unknown.apps.rig.test/health
  "$rig/front.sh"
  forwarded
  is "exec reaches a container" "$("$root/bin/kubectl-llmbench" version)" k exec deployment/vllm -- /kubectl-llmbench version
  is "logs reach a container" 8000 logged
  is "a Job measures the engine by its name in the cluster's DNS" 1 k get job tool -o 'jsonpath={.status.succeeded}'
}

# The simulator's first line is its address.
logged() { k logs deployment/vllm 2>/dev/null | sed -n 's/^http.*://p'; }

forwarded() {
  k port-forward deployment/vllm 18000:8000 >"$log/port-forward.log" 2>&1 &
  local forward=$!
  is "port-forward reaches a pod" 200 code http://127.0.0.1:18000/health
  kill "$forward"
}

begin
is "RBAC is on" no users
"${TIER}_tier"
"$rig/apiserver.sh" stop
! k get pods &>/dev/null || fail "accept: the API server is stopped, and answers"
"$rig/apiserver.sh" start
echo "accept: the API server stops and starts again"
