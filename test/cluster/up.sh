#!/usr/bin/env bash
# Starts the tier TIER, and says how to use it. One that is up already gets the
# product's new image and is else left alone.
#   control  etcd, API server, controller manager, scheduler, and KWOK for nodes
#   nodes    the same without KWOK's nodes, and NODES (3) real ones; needs root
. "$(dirname "$0")/lib.sh"
[[ $TIER == control ]] || ((EUID == 0)) || fail "the node tier makes namespaces and cgroups: run it as root"

# free: no one listens on the ports that the tier is about to take.
free() {
  local port
  [[ $TIER == control ]] || return 0
  for port in $api_port $etcd_port $peer_port $kwok_port $manager_port $scheduler_port; do
    if (exec 3<>"/dev/tcp/$addr/$port") 2>/dev/null; then
      fail "port $port on $addr is taken: end what listens there, or choose other ports, as in PORT_BASE=27000 make cluster-up"
    fi
  done
}

# started: the tier is up, or what was to bring it up has ended.
started() { [[ -e $run/ready ]] || gone hub; }

"$rig/packages.sh"
"$rig/build.sh"
if ! up; then
  "$rig/down.sh"
  free
  rm -rf "$run"
  mkdir -p "$pki" "$log" "$pids"
fi
[[ $TIER == control ]] || "$rig/images.sh"
if ! up; then
  if [[ $TIER == control ]]; then
    "$rig/control-plane.sh"
    kubectl apply --server-side -f "$rig/manifests/kwok-nodes.yaml" >/dev/null
  else
    start hub unshare --net --mount --pid --fork --kill-child --mount-proc env RIG_INSIDE=1 "$rig/hub.sh"
    eventually 240 started
    [[ -e $run/ready ]] || { tail -n 5 "$log"/hub.log "$log"/n?.log >&2; fail "the nodes did not come up; logs are in $log"; }
  fi
fi
if [[ $TIER == control ]]; then
  echo "export KUBECONFIG=$KUBECONFIG"
else
  echo "# The cluster's addresses exist for what is started like this:"
  echo "TIER=nodes $rig/enter.sh kubectl get nodes"
fi
