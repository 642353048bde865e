# shellcheck shell=bash
# For the benches of HTTP/2 and TLS, behind lib.sh: contenders with an HTTP/2 port in clear text (prior knowledge) and
# an encrypted one (ALPN h2, http/1.1), all with one certificate, and loads by h2load and wrk.

need_encrypted_tools() {
  need_tools
  need h2load nghttp2-client
  need openssl openssl
}

# P-256, the usual choice of today's certificates; self-signed, because no load generator here verifies.
make_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$WORK/key.pem" -out "$WORK/certificate.pem" 2>/dev/null
  cat "$WORK/certificate.pem" "$WORK/key.pem" >"$WORK/both.pem"
  chmod 600 "$WORK/key.pem" "$WORK/both.pem"
}

# nginx has no prior knowledge beside HTTP/1.1 on one port, hence a port each.
start_nginx_h2() {
  mkdir -p "$WORK/nginx/temp"
  cat >"$WORK/nginx/nginx.conf" <<CONF
worker_processes 1;
user root;
daemon off;
pid $WORK/nginx/nginx.pid;
error_log $WORK/nginx/error.log crit;
worker_rlimit_nofile 18000;
events { worker_connections 8192; }
http {
$(nginx_temp "$WORK/nginx/temp")
  access_log off;
  keepalive_requests $KEEP_ALIVE_REQUESTS;
  keepalive_timeout 60s;
  client_header_timeout 10s;
  client_body_timeout 30s;
  client_max_body_size 64m;
  send_timeout 30s;
  http2_max_concurrent_streams 256;
  ssl_certificate $WORK/certificate.pem;
  ssl_certificate_key $WORK/key.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
$(nginx_upstream)
  server {
    listen 127.0.0.1:$PORT_NGINX http2 backlog=4096;
    listen 127.0.0.1:$PORT_NGINX_TLS ssl http2 backlog=4096;
$(nginx_location)
  }
}
CONF
  spawn nginx "$PROXY_CPUS" nginx -p "$WORK/nginx" -c "$WORK/nginx/nginx.conf"
}

start_haproxy_h2() {
  cat >"$WORK/haproxy.cfg" <<CONF
global
  nbthread 1
  maxconn 4096
  tune.h2.max-concurrent-streams 256
  ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 30s
  timeout server 60s
  timeout http-request 10s
  timeout http-keep-alive 60s
  maxconn 4096
frontend web
  bind 127.0.0.1:$PORT_HAPROXY proto h2 backlog 4096
  bind 127.0.0.1:$PORT_HAPROXY_TLS ssl crt $WORK/both.pem alpn h2,http/1.1 backlog 4096
  option forwardfor
  http-request set-header X-Forwarded-Proto http unless { ssl_fc }
  http-request set-header X-Forwarded-Proto https if { ssl_fc }
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  acl everything path_beg /
  use_backend endpoint if everything
backend endpoint
  server endpoint 127.0.0.1:$PORT_ENDPOINT pool-max-conn 1024
CONF
  spawn haproxy "$PROXY_CPUS" haproxy -db -f "$WORK/haproxy.cfg"
}

start_gateway_h2() {
  write_gateway_config "$WORK/gateway.yaml" off "$PORT_GATEWAY" "$PORT_MANAGEMENT" 1
  gateway_route bench '/**' >>"$WORK/gateway.yaml"
  python3 - "$WORK/gateway.yaml" "$PORT_GATEWAY_TLS" "$WORK" "$KEEP_ALIVE_REQUESTS" <<'PY'
import sys
path, port, work, requests = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    text = file.read()
listener = f"""    - name: encrypted
      bind: 127.0.0.1:{port}
      protocol: https
      max-connections-per-ip: 20000
      tls: {{ certificates: [ {{ certificate: {work}/certificate.pem, private-key: {work}/key.pem }} ] }}
      http:
        keep-alive-timeout: 600s
        max-keep-alive-requests: {requests}
        max-body-size: 20GB
"""
with open(path, "w", encoding="utf-8") as file:
    file.write(text.replace("  clusters:\n", listener + "  clusters:\n", 1))
PY
  start_gateway_process "$WORK/gateway.yaml"
}

# encrypted_port_of CONTENDER
encrypted_port_of() {
  case $1 in
    gateway) echo "$PORT_GATEWAY_TLS" ;;
    nginx) echo "$PORT_NGINX_TLS" ;;
    haproxy) echo "$PORT_HAPROXY_TLS" ;;
    *) die "no such contender: $1" ;;
  esac
}

# await_port PORT PID: until something listens; HTTP/2 with prior knowledge is not asked for by await.
await_port() {
  for ((i = 0; i < 600; i++)); do
    kill -0 "$2" 2>/dev/null || die "the process for port $1 ended early"
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
    sleep 0.1
  done
  die "nothing listens on port $1"
}

# load_h2 PID CONNECTIONS STREAMS SECONDS URL [h2load arguments]: one measured run. Prints, separated by tabs:
# requests/s, mean and highest time of a request (us), RSS (KiB), CPU-us per request, requests, failed requests.
load_h2() {
  local pid=$1 connections=$2 streams=$3 seconds=$4 url=$5 before after
  shift 5
  before=$(cpu_micros "$pid")
  taskset -c "$LOAD_CPUS" h2load -t1 "-c$connections" "-m$streams" -D "$seconds" "$@" "$url" >"$WORK/h2load.out" 2>&1 ||
    die "h2load failed: $(tail -n 3 "$WORK/h2load.out")"
  after=$(cpu_micros "$pid")
  python3 "$BENCH/h2load_figures.py" "$WORK/h2load.out" "$((after - before))" "$(rss_kib "$pid")"
}

# warm_jvm_h2 PID CONNECTIONS STREAMS SECONDS URL [h2load arguments]: as warm_jvm.
warm_jvm_h2() {
  local pid=$1 cpu last=0 run
  taskset -apc "0-$(($(nproc) - 1))" "$pid" >/dev/null
  for ((run = 1; run <= 10; run++)); do
    cpu=$(load_h2 "$@" | cut -f5)
    if awk -v a="$cpu" -v b="$last" 'BEGIN {d = a - b; exit !(b > 0 && d < 0.08 * b && d > -0.08 * b)}'; then break; fi
    last=$cpu
  done
  taskset -apc "$PROXY_CPUS" "$pid" >/dev/null
  say "warm after $run runs of $4 s: $cpu CPU-us ($5)"
}
