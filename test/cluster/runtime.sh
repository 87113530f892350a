#!/usr/bin/env bash
# runtime.sh NODE: kills the container runtime of a node of the tier TIER=nodes and
# starts it again two seconds later, as an upgrade of it does. Containers go on.
. "$(dirname "$0")/lib.sh"
[[ $TIER == nodes ]] || fail "only the node tier has container runtimes: TIER=nodes"
node=${1:?want a node, as n1}

# shellcheck disable=SC2016 # the inner shell expands it
inside bash -c '. "$1/lib.sh"
  name=containerd-$2
  alive "$name" || fail "$2 has no container runtime"
  read -r pid _ <"$pids/$2"
  stop "$name"
  sleep 2
  RIG_INSIDE=1 start "$name" nsenter --target "$pid" --net --mount containerd --config /run/containerd.toml
  eventually 30 nsenter --target "$pid" --net --mount ctr version' runtime "$rig" "$node"
