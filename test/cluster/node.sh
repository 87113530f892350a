#!/usr/bin/env bash
# node.sh I N: node I of N, in the network and mount namespaces that hub.sh gave
# it: containerd, kubelet and kube-proxy.
. "$(dirname "$0")/lib.sh"
. "$rig/pki.sh"
i=$1 name=n$1 ip=10.250.0.$1

for dir in /run /var/log /var/lib/kubelet /var/lib/cni /var/lib/containerd; do
  mkdir -p $dir
  mount -t tmpfs tmpfs $dir
done
# A name outside the cluster fails at once, and an image that is not here with it.
mount --bind /dev/null /etc/resolv.conf
ip link set lo up
ip address add "$ip/24" dev eth0
ip link set eth0 up
ip route add default via "$addr"
for ((j = 1; j <= $2; j++)); do
  ((j == i)) || ip route add "10.244.$j.0/24" via "10.250.0.$j"
done
echo 1 >/proc/sys/net/ipv4/ip_forward

# On cgroup v2 a group has the controllers that its parent hands down.
while read -r dir; do
  for group in "$dir" "$dir/$cgroup" "$dir/$cgroup/$name"; do
    mkdir -p "$group"
    if [[ -e $group/cgroup.subtree_control ]]; then
      for controller in $(<"$group/cgroup.controllers"); do
        echo "+$controller" >"$group/cgroup.subtree_control" || echo "cgroup $group: $controller stays off"
      done
    fi
  done
done < <(cgroup_roots)

mkdir -p /run/cni
cat >/run/cni/rig.conflist <<END
{"cniVersion": "1.0.0", "name": "rig", "plugins": [{"type": "ptp", "ipam":
  {"type": "host-local", "subnet": "10.244.$i.0/24", "routes": [{"dst": "0.0.0.0/0"}]}}]}
END
# Lowering an OOM score, which restrict_oom_score_adj avoids, takes a capability
# that root of a virtual machine or container may lack.
cat >/run/containerd.toml <<END
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:rig"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/run/cni"
END
start "containerd-$name" containerd --config /run/containerd.toml
eventually 30 ctr version
ctr -n k8s.io images import "$run/images/images.tar"

# No image may be collected and no pod evicted for want of space: an image could
# not be pulled again, and the space is the machine's.
identity "kubelet-$name" "/O=system:nodes/CN=system:node:$name" "IP:$ip"
cat >/run/kubelet.yaml <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
tlsCertFile: $pki/kubelet-$name.crt
tlsPrivateKeyFile: $pki/kubelet-$name.key
authentication: {x509: {clientCAFile: $pki/ca.crt}}
clusterDomain: cluster.local
clusterDNS: [$addr]
resolvConf: ""
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup/$name
failSwapOn: false
oomScoreAdj: 0
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 0%, nodefs.available: 0%, imagefs.available: 0%}
END
start "kubelet-$name" kube kubelet --config=/run/kubelet.yaml --kubeconfig="$run/kubelet-$name.conf" \
  --hostname-override="$name" --node-ip="$ip"

# The kernel's limits of connection tracking belong to the machine.
cat >/run/proxy.yaml <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clientConnection: {kubeconfig: $run/proxy.conf}
clusterCIDR: 10.244.0.0/16
hostnameOverride: $name
linux: {oomScoreAdj: 0}
conntrack: {maxPerCore: 0}
END
start "proxy-$name" kube kube-proxy --config=/run/proxy.yaml
wait
