# shellcheck shell=bash
# What the rig's scripts share. Sourced first by each of them.
# shellcheck disable=SC2034 # much is for them alone
set -euo pipefail

rig=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$rig/../.." && pwd)
export TIER=${TIER:-control}
[[ $TIER == control || $TIER == nodes ]] || { echo "TIER=$TIER: there are the tiers control and nodes" >&2; exit 1; }

# The first ports of the tiers' programs; the node tier has a network of its own.
export PORT_BASE=${PORT_BASE:-26000}
api_port=$((PORT_BASE + 443)) etcd_port=$((PORT_BASE + 379)) peer_port=$((PORT_BASE + 380))
kwok_port=$((PORT_BASE + 247)) manager_port=$((PORT_BASE + 257)) scheduler_port=$((PORT_BASE + 259))

# Where a tier's API server listens. In the node tier this is also the bridge
# between the nodes, and so where clients and the front proxy stand.
addr=127.0.0.1
[[ $TIER == control ]] || addr=10.250.0.254

# State of a run: keys, etcd, logs, pids. RUN moves it out of the checkout.
RUN=$(realpath -m "${RUN:-$rig/run}")
export RUN
run=$RUN/$TIER
pki=$run/pki log=$run/log pids=$run/pids

# Programs, under a hash of all that they are built from.
sources() { go version && cd "$rig" && sha256sum build.sh kube/* crds/* helm/*; }
if [[ -z ${RIG_BIN:-} ]]; then
  RIG_BIN=${LLMBENCH_RIG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-llmbench/rig}/$(sources | sha256sum | cut -c1-16)
fi
export RIG_BIN

# What tests and people get to see; README.md lists it.
export KUBECONFIG=$run/admin.conf PATH=$RIG_BIN:$root/bin:$PATH
export LLMBENCH_TIER=$TIER LLMBENCH_RIG=$rig LLMBENCH_RIG_RUN=$run

fail() { echo "$*" >&2; exit 1; }

# born PID: the state of a process and when it began, which tells it from a later
# one of the same number.
born() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The second field is a name in parentheses, which may hold anything.
  read -r -a stat <<<"${stat##*) }"
  [[ ${stat[0]} != Z ]] && echo "${stat[19]}"
}

# start NAME COMMAND...: run it in the background, with a log and a pid file
# ("PID BIRTH") of that name.
start() {
  local name=$1
  shift
  setsid "$@" >"$log/$name.log" 2>&1 </dev/null &
  echo "$! $(born $!)" >"$pids/$name"
}

# alive NAME: the process that start began still runs.
alive() {
  local pid birth
  [[ -e $pids/$1 ]] && read -r pid birth <"$pids/$1" && [[ -n $birth && $(born "$pid") == "$birth" ]]
}

# stop NAME [SIGNAL]: end that process, at once unless told otherwise. Little here
# has to be asked politely, for etcd's files outlive a kill.
stop() {
  local pid
  if alive "$1"; then
    read -r pid _ <"$pids/$1"
    kill -s "${2:-KILL}" "$pid"
    eventually 10 gone "$1"
  fi
  rm -f "$pids/$1"
}

gone() { ! alive "$1"; }

# eventually SECONDS COMMAND...: try until it succeeds; the last try shows why not.
eventually() {
  local end=$((SECONDS + $1))
  shift
  until "$@" &>/dev/null; do
    ((SECONDS < end)) || { echo "gave up on: $*" >&2; "$@"; return; }
    sleep 0.1
  done
}

# up: the tier runs, all of it.
control=(etcd apiserver manager scheduler kwok)
up() {
  local name
  if [[ $TIER == nodes ]]; then
    [[ -e $run/ready ]] && alive hub
    return
  fi
  for name in "${control[@]}"; do alive "$name" || return 1; done
}

# hub prints the process whose namespaces the node tier lives in.
hub() {
  local pid
  alive hub || fail "the node tier is not up: run make cluster-up TIER=nodes"
  read -r pid _ <"$pids/hub"
  echo "$pid"
}

# inside COMMAND...: run it as one of the tier's own processes.
inside() {
  local pid
  if [[ $TIER == control || -n ${RIG_INSIDE:-} ]]; then
    "$@"
  else
    pid=$(hub)
    RIG_INSIDE=1 nsenter --target "$pid" --net --mount --pid="/proc/$pid/ns/pid_for_children" -- "$@"
  fi
}

# The cgroups of the node tier's pods, named after the folder of its run so that
# rigs of several checkouts do not meet.
cgroup=llmbench-rig-$(cksum <<<"$run" | cut -d' ' -f1)
cgroup_roots() {
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    echo /sys/fs/cgroup
  else
    printf '%s\n' /sys/fs/cgroup/*/
  fi
}
