#!/usr/bin/env bash
# apiserver.sh start|stop: starts or kills the tier's API server alone, as tests of
# its absence need. start returns when it is ready.
. "$(dirname "$0")/lib.sh"
if [[ $TIER == nodes && -z ${RIG_INSIDE:-} ]]; then
  inside "$rig/apiserver.sh" "$@"
  exit
fi

case ${1:-} in
  stop) stop apiserver ;;
  start)
    # The endpoint of the Service "kubernetes" may not be a loopback address.
    endpoints=lease
    [[ $addr != 127.* ]] || endpoints=none
    alive apiserver || start apiserver kube kube-apiserver --etcd-servers="http://127.0.0.1:$etcd_port" \
      --bind-address="$addr" --advertise-address="$addr" --secure-port="$api_port" --endpoint-reconciler-type=$endpoints \
      --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" \
      --authorization-mode=Node,RBAC --allow-privileged --service-cluster-ip-range=10.96.0.0/16 \
      --service-account-issuer=https://kubernetes.default.svc \
      --service-account-key-file="$pki/sa.key" --service-account-signing-key-file="$pki/sa.key" \
      --kubelet-preferred-address-types=InternalIP --kubelet-certificate-authority="$pki/ca.crt" \
      --kubelet-client-certificate="$pki/admin.crt" --kubelet-client-key="$pki/admin.key"
    eventually 120 kubectl get --raw /readyz
    ;;
  *) fail "usage: apiserver.sh start|stop" ;;
esac
