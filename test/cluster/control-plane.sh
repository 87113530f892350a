#!/usr/bin/env bash
# Starts a real control plane with RBAC on, the custom resources, and KWOK, which
# is the kubelet of every node annotated kwok.x-k8s.io/node=fake.
. "$(dirname "$0")/lib.sh"
. "$rig/pki.sh"

certificate ca /CN=rig-ca
certificate apiserver /CN=kube-apiserver "IP:$addr,IP:127.0.0.1,IP:10.96.0.1,DNS:kubernetes.default.svc"
identity admin /O=system:masters/CN=admin
identity manager /CN=system:kube-controller-manager
identity scheduler /CN=system:kube-scheduler
openssl genrsa -out "$pki/sa.key" 2048 2>>"$log/openssl.log"

etcd=http://127.0.0.1:$etcd_port
start etcd kube etcd --data-dir "$run/etcd" --unsafe-no-fsync --log-level warn \
  --listen-client-urls "$etcd" --advertise-client-urls "$etcd" --listen-peer-urls "http://127.0.0.1:$peer_port"
"$rig/apiserver.sh" start
start manager kube kube-controller-manager --kubeconfig="$run/manager.conf" \
  --bind-address=127.0.0.1 --secure-port="$manager_port" --leader-elect=false \
  --use-service-account-credentials --controllers='*,-node-ipam-controller' \
  --kube-api-qps=500 --kube-api-burst=1000 \
  --root-ca-file="$pki/ca.crt" --service-account-private-key-file="$pki/sa.key"
start scheduler kube kube-scheduler --kubeconfig="$run/scheduler.conf" \
  --bind-address=127.0.0.1 --secure-port="$scheduler_port" --leader-elect=false

kubectl apply --server-side -f "$RIG_BIN/kwok-crds.yaml" -f "$RIG_BIN/crds.yaml" >/dev/null
# It refuses outright one that is too new to have conditions.
eventually 30 kubectl wait --for=condition=Established crd --all --timeout=5s
kubectl apply --server-side -f "$RIG_BIN/kwok-stages.yaml" >/dev/null
start kwok kube kwok --kubeconfig="$KUBECONFIG" --manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake \
  --node-lease-duration-seconds=40 --cidr=10.200.0.0/16 \
  --node-ip="$addr" --node-port="$kwok_port" --server-address="$addr:$kwok_port" \
  --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
  --enable-crds=Stage,PortForward,ClusterPortForward,Logs,ClusterLogs,Exec,ClusterExec
eventually 60 kubectl get serviceaccount default
