#!/usr/bin/env bash
# Installs the Debian packages that a tier needs, where one is missing.
. "$(dirname "$0")/lib.sh"

# missing prints the packages whose program is not there.
missing() {
  local pair pairs=(openssl:openssl flock:util-linux)
  [[ $TIER == control ]] || pairs+=(containerd:containerd runc:runc /usr/lib/cni/ptp:containernetworking-plugins
    nft:nftables iptables:iptables ip:iproute2 nginx:nginx-light curl:curl nsenter:util-linux mount:mount)
  for pair in "${pairs[@]}"; do
    command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"
  done
}

# A plain user's PATH may leave them out.
PATH=$PATH:/usr/sbin:/sbin
mapfile -t packages < <(missing | sort -u)
((${#packages[@]})) || exit 0
((EUID == 0)) || fail "missing: ${packages[*]}; install them as root: apt-get install --no-install-recommends ${packages[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends "${packages[@]}"
