# shellcheck shell=bash
# The rig's own certificate authority. Sourced behind lib.sh.
# shellcheck disable=SC2154 # which sets the folders and the address

# certificate NAME SUBJECT [SAN]: a key and a certificate that the CA signs, which
# itself is named ca.
certificate() {
  local name=$1 subject=$2 sign=()
  if [[ $name != ca ]]; then
    sign=(-CA "$pki/ca.crt" -CAkey "$pki/ca.key" -addext basicConstraints=CA:FALSE -addext "subjectAltName=${3:-DNS:$name}")
  fi
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "$subject" \
    "${sign[@]}" -keyout "$pki/$name.key" -out "$pki/$name.crt" 2>>"$log/openssl.log"
}

# identity NAME SUBJECT [SAN]: a certificate, and NAME.conf, a kubeconfig with it.
identity() {
  certificate "$@"
  cat >"$run/$1.conf" <<END
apiVersion: v1
kind: Config
current-context: rig
clusters:
- {name: rig, cluster: {server: "https://$addr:$api_port", certificate-authority: $pki/ca.crt}}
users:
- {name: $1, user: {client-certificate: $pki/$1.crt, client-key: $pki/$1.key}}
contexts:
- {name: rig, context: {cluster: rig, user: $1}}
END
}
