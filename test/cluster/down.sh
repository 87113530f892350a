#!/usr/bin/env bash
# Ends the tier TIER and forgets its state; logs stay in the run's folder.
. "$(dirname "$0")/lib.sh"

# The kernel ends the processes of a namespace after its first one, and a group
# is free after its last process.
forget_cgroups() {
  local dir
  while read -r dir; do
    [[ ! -d $dir/$cgroup ]] || find "$dir/$cgroup" -depth -type d -exec rmdir {} +
  done < <(cgroup_roots)
}

for name in hub kwok scheduler manager apiserver etcd; do stop "$name"; done
# The empty folders that nodes mount over stay: to remove one would unmount it in
# another rig's nodes.
[[ $TIER == control ]] || eventually 20 forget_cgroups
rm -rf "$pki" "$pids" "$run"/{etcd,images,ready,hosts,Corefile} "$run"/*.conf
