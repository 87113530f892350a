#!/usr/bin/env bash
# enter.sh COMMAND...: runs it as a client of the tier TIER: with its KUBECONFIG,
# kubectl and kubectl-llmbench, and for the node tier on its network, where the
# names that front.sh serves resolve and no others do.
. "$(dirname "$0")/lib.sh"
[[ $TIER == nodes ]] || exec "$@"
pid=$(hub)
# A mount namespace of its own, for two files; else the machine is the same, and
# what runs here is a process like any other.
# shellcheck disable=SC2016 # the inner shell expands them
exec nsenter --target "$pid" --net unshare --mount bash -c '
  mount --bind "$LLMBENCH_RIG_RUN/hosts" /etc/hosts
  mount --bind /dev/null /etc/resolv.conf
  exec "$@"' enter "$@"
