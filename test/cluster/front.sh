#!/usr/bin/env bash
# front.sh [HOST=URL[;DIRECTIVE]...]...: routes these hosts, and no others, to these
# URLs on ports 80 and 443 of 10.250.0.254. A DIRECTIVE is one of nginx's:
#   front.sh vllm.apps.rig.test=http://10.96.7.7:8000 'slow.apps.rig.test=http://10.250.0.1:30080;proxy_read_timeout 2s'
# It stands for OpenShift's router and for an ingress controller, of which it does
# all that matters to a client: it picks a backend by the name of the host. Nobody
# reads Routes and Ingresses; who creates one calls this, and sets its status.
# Answers are passed on unbuffered, and silence of 30 s ends a stream, which are
# the defaults of OpenShift's router. A host it does not know gets a 503.
# Connections that are open break.
. "$(dirname "$0")/lib.sh"
[[ $TIER == nodes ]] || fail "only the node tier has a front proxy: TIER=nodes"
if [[ -z ${RIG_INSIDE:-} ]]; then
  inside "$rig/front.sh" "$@"
  exit
fi

# server HOST URL DIRECTIVES: what nginx has to know of a host.
server() {
  cat <<END
  server {
    listen 80;
    listen 443 ssl;
    server_name $1;
    location / {
      proxy_pass $2;
      ${3:+$3;}
    }
  }
END
}

hosts=(vllm.apps.rig.test tgi.apps.rig.test ollama.apps.rig.test openai.apps.rig.test unknown.apps.rig.test)
servers=
for rule in "$@"; do
  host=${rule%%=*} backend=${rule#*=}
  url=${backend%%;*} directives=
  [[ $backend != *';'* ]] || directives=${backend#*;}
  [[ -n $host && $url == http*://* ]] || fail "front.sh $rule: want HOST=http://ADDRESS:PORT[;DIRECTIVE]..."
  hosts+=("$host")
  servers+=$(server "$host" "$url" "$directives")$'\n'
done

mkdir -p /run/front
exec 9>/run/front/lock
flock 9
cat >/run/front/next.conf <<END
user nobody nogroup;
worker_processes 1;
daemon off;
pid /run/front/nginx.pid;
error_log stderr;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path /run/front/body;
  proxy_temp_path /run/front/proxy;
  fastcgi_temp_path /run/front/fastcgi;
  uwsgi_temp_path /run/front/uwsgi;
  scgi_temp_path /run/front/scgi;
  client_max_body_size 0;
  server_names_hash_bucket_size 128;
  ssl_certificate $pki/front.crt;
  ssl_certificate_key $pki/front.key;
  proxy_http_version 1.1;
  proxy_set_header Host \$host;
  proxy_set_header Connection "";
  proxy_set_header X-Forwarded-Proto \$scheme;
  proxy_buffering off;
  proxy_request_buffering off;
  proxy_read_timeout 30s;
  server {
    listen 80 default_server;
    listen 443 ssl default_server;
    return 503 "No route has this host\n";
  }
$servers}
END
nginx -t -q -c /run/front/next.conf
mv /run/front/next.conf /run/front/nginx.conf
# In place, for clients that have bound the file.
{
  echo 127.0.0.1 localhost
  printf "$addr %s\n" "${hosts[@]}"
} >"$run/hosts"

# A new process and not a reload, after which the old rules may still answer. Only
# a master that is asked to end takes its workers with it.
serves() { alive front && curl -sS -o /dev/null -m 1 "http://$addr/"; }
stop front TERM
start front nginx -c /run/front/nginx.conf 9>&-
eventually 10 serves
