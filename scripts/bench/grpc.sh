#!/usr/bin/env bash
# Unary gRPC calls over HTTP/2 on both sides, clear text: CPU per call beside HAProxy and nginx. Writes
# audit/perf/grpc-DATE.md. A missed target is printed, never a failure.
# usage: scripts/bench/grpc.sh [--rounds N] [--seconds N] [--contenders gateway,haproxy,nginx] [--report FILE]
set -euo pipefail

ROUNDS=5 SECONDS_PER_RUN=6 CONTENDERS="gateway haproxy nginx" REPORT=
while [[ $# -gt 0 ]]; do
  case $1 in
    --rounds) ROUNDS=$2 && shift 2 ;;
    --seconds) SECONDS_PER_RUN=$2 && shift 2 ;;
    --contenders) CONTENDERS=${2//,/ } && shift 2 ;;
    --report) REPORT=$2 && shift 2 ;;
    *) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

CONNECTIONS=32 STREAMS=10
# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/bench/encrypted.sh
source "$BENCH/encrypted.sh"
need_encrypted_tools
need_gateway

# A message of 32 bytes behind gRPC's prefix: not compressed, its length in four bytes.
{ printf '\x00\x00\x00\x00\x20' && head -c 32 /dev/zero | tr '\0' x; } >"$WORK/message"
mkdir -p "$WORK/classes"
"$JAVA25_HOME/bin/javac" -cp "$JAR" -d "$WORK/classes" "$BENCH/GrpcEndpoint.java"
spawn endpoint "$LOAD_CPUS" "$JAVA" -XX:+UseSerialGC -cp "$WORK/classes:$JAR" GrpcEndpoint "$PORT_ENDPOINT"
await_port "$PORT_ENDPOINT" "$LAST_PID"

start_gateway() {
  write_gateway_config "$WORK/gateway.yaml" off "$PORT_GATEWAY" "$PORT_MANAGEMENT" 1
  sed -i 's/^    - name: endpoint$/&\n      protocol: http2/' "$WORK/gateway.yaml"
  gateway_route bench '/**' >>"$WORK/gateway.yaml"
  start_gateway_process "$WORK/gateway.yaml"
}

start_haproxy() {
  cat >"$WORK/haproxy.cfg" <<CONF
global
  nbthread 1
  maxconn 4096
  tune.h2.max-concurrent-streams 256
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 30s
  timeout server 60s
  timeout http-request 10s
  timeout http-keep-alive 60s
  maxconn 4096
frontend web
  bind 127.0.0.1:$PORT_HAPROXY proto h2 backlog 4096
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  acl everything path_beg /
  use_backend endpoint if everything
backend endpoint
  server endpoint 127.0.0.1:$PORT_ENDPOINT proto h2
CONF
  spawn haproxy "$PROXY_CPUS" haproxy -db -f "$WORK/haproxy.cfg"
}

start_nginx() {
  mkdir -p "$WORK/nginx/temp"
  cat >"$WORK/nginx/nginx.conf" <<CONF
worker_processes 1;
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
  http2_max_concurrent_streams 256;
  upstream endpoint {
    server 127.0.0.1:$PORT_ENDPOINT;
    keepalive 1024;
    keepalive_requests $KEEP_ALIVE_REQUESTS;
  }
  server {
    listen 127.0.0.1:$PORT_NGINX http2 backlog=4096;
    location / {
      grpc_pass grpc://endpoint;
      grpc_set_header X-Forwarded-For \$remote_addr;
      grpc_set_header X-Forwarded-Proto \$scheme;
      grpc_set_header X-Forwarded-Host \$http_host;
    }
  }
}
CONF
  spawn nginx "$PROXY_CPUS" nginx -p "$WORK/nginx" -c "$WORK/nginx/nginx.conf"
}

declare -A PID
RESULTS="$WORK/results.tsv"
FLAGS=(-d "$WORK/message" -H 'content-type: application/grpc' -H 'te: trailers')
url_of() { printf 'http://127.0.0.1:%s/bench.Echo/Unary\n' "$(port_of "$1")"; }

for who in $CONTENDERS; do
  "start_$who"
  PID[$who]=$LAST_PID
  await_port "$(port_of "$who")" "$LAST_PID"
done
for who in $CONTENDERS; do
  if [[ $who == gateway ]]; then
    warm_jvm_h2 "${PID[$who]}" $CONNECTIONS $STREAMS 8 "$(url_of "$who")" "${FLAGS[@]}"
  else
    load_h2 "${PID[$who]}" $CONNECTIONS $STREAMS 3 "$(url_of "$who")" "${FLAGS[@]}" >/dev/null
  fi
done
for ((round = 1; round <= ROUNDS; round++)); do
  for who in $CONTENDERS; do
    figures=$(load_h2 "${PID[$who]}" $CONNECTIONS $STREAMS "$SECONDS_PER_RUN" "$(url_of "$who")" "${FLAGS[@]}")
    printf 'grpc\t%s\t%s\n' "$who" "$figures" >>"$RESULTS"
    say "round=$round $who: $(cut -f5 <<<"$figures") CPU-us, $(cut -f1 <<<"$figures") calls/s, $(cut -f7 <<<"$figures") failed"
  done
done

REPORT=${REPORT:-$(report_file grpc)}
{
  printf '# Unary gRPC beside HAProxy and nginx\n\n'
  conditions
  cat <<MD
- Peers: $(first_line nginx -v | sed 's/.*version: //') with grpc_pass, $(first_line haproxy -v | cut -d' ' -f1-3); load by $(first_line h2load --version)
- One worker, thread or event loop each; HTTP/2 with prior knowledge on both sides; $CONNECTIONS connections x $STREAMS streams; a message of 32 bytes each way, trailers from the endpoint (scripts/bench/GrpcEndpoint.java)
- nginx opens a connection to the endpoint for each call that runs, HAProxy and ours share connections among calls
- $ROUNDS rounds of $SECONDS_PER_RUN s a run, contenders interleaved; JVM warmed until CPU per call settled within 8 %; medians over rounds

MD
  python3 "$BENCH/http2_report.py" "$RESULTS"
} >"$WORK/report.md"
mkdir -p "$(dirname "$REPORT")"
cp "$WORK/report.md" "$REPORT"
sed -n '/^| /p;/^Target/p' "$REPORT"
say "written to $REPORT"
