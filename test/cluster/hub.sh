#!/usr/bin/env bash
# The node tier: a machine of its own, in network, mount and process namespaces
# that no packet leaves and that end with this process, the first of them. up.sh
# starts it.
. "$(dirname "$0")/lib.sh"
. "$rig/pki.sh"
nodes=${NODES:-3}

# Process numbers in here are others than outside.
mount -t tmpfs tmpfs "$pids"
mount -t tmpfs tmpfs /run
ip link set lo up
ip link add rig type bridge
ip address add "$addr/24" dev rig
ip link set rig up

"$rig/control-plane.sh"
identity proxy /CN=system:kube-proxy
cat >"$run/Corefile" <<END
.:53 {
  errors
  kubernetes cluster.local {
    kubeconfig $KUBECONFIG
  }
}
END
start dns kube coredns -conf "$run/Corefile"
certificate front /CN=apps.rig.test 'DNS:*.apps.rig.test,DNS:apps.rig.test'
"$rig/front.sh"

for ((i = 1; i <= nodes; i++)); do
  ip netns add "n$i"
  ip link add "n$i" type veth peer name eth0 netns "n$i"
  ip link set "n$i" master rig up
  ip route add "10.244.$i.0/24" via "10.250.0.$i"
  start "n$i" nsenter --net="/run/netns/n$i" unshare --mount "$rig/node.sh" "$i" "$nodes"
done
# Cluster IPs, and the addresses that tests give to Services of type LoadBalancer,
# are kube-proxy's business on any node.
ip route add 10.96.0.0/16 via 10.250.0.1
ip route add 10.251.0.0/24 via 10.250.0.1

names=$(seq -f 'node/n%g' "$nodes")
# shellcheck disable=SC2086 # a word for each node
eventually 60 kubectl wait --for=condition=Ready $names --timeout=1s
for node in $names; do
  # The scheduler counts them, and no one asks whether they are there.
  kubectl patch "$node" --subresource=status --type=merge -p '{"status":{"capacity":{"nvidia.com/gpu":"2"},"allocatable":{"nvidia.com/gpu":"2"}}}'
done
touch "$run/ready"
sleep infinity &
wait
