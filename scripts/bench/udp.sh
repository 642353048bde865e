#!/usr/bin/env bash
# The UDP relay beside nginx's stream module: CPU of the proxy per exchange, which is one datagram to the endpoint and
# one back. Writes audit/perf/udp-DATE.md. A missed target is printed, never a failure.
# usage: scripts/bench/udp.sh [--rounds N] [--seconds N] [--report FILE]
set -euo pipefail

ROUNDS=5 SECONDS_PER_RUN=5 REPORT=
while [[ $# -gt 0 ]]; do
  case $1 in
    --rounds) ROUNDS=$2 && shift 2 ;;
    --seconds) SECONDS_PER_RUN=$2 && shift 2 ;;
    --report) REPORT=$2 && shift 2 ;;
    *) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export PATH="$PATH:/usr/sbin:/sbin"
need nginx nginx
need curl curl
need taskset util-linux
STREAM_MODULE=/usr/lib/nginx/modules/ngx_stream_module.so
if [[ ! -e $STREAM_MODULE ]]; then
  [[ $(id -u) == 0 ]] || die "install the package libnginx-mod-stream"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libnginx-mod-stream >&2
fi
need_gateway

# name:sockets:window:bytes; a window of 0 is a new socket, hence a new session, per exchange.
CELLS="small:64:1:64 windows:8:16:1200 large:16:1:16000 sessions:16:0:64"

mkdir -p "$WORK/classes"
"$JAVA25_HOME/bin/javac" -d "$WORK/classes" "$BENCH/UdpTraffic.java"

spawn endpoint "$LOAD_CPUS" "$JAVA" -XX:+UseSerialGC -Xmx64m -cp "$WORK/classes" UdpTraffic echo "$PORT_ENDPOINT"

start_nginx_udp() {
  mkdir -p "$WORK/nginx"
  cat >"$WORK/nginx/nginx.conf" <<CONF
load_module $STREAM_MODULE;
worker_processes 1;
daemon off;
pid $WORK/nginx/nginx.pid;
error_log $WORK/nginx/error.log crit;
worker_rlimit_nofile 65536;
events { worker_connections 60000; }
stream {
  upstream endpoint { server 127.0.0.1:$PORT_ENDPOINT; }
  server {
    listen 127.0.0.1:$PORT_NGINX udp;
    proxy_timeout 1s;
    proxy_pass endpoint;
  }
}
CONF
  spawn nginx "$PROXY_CPUS" nginx -p "$WORK/nginx" -c "$WORK/nginx/nginx.conf"
}

start_gateway_udp() {
  cat >"$WORK/gateway.yaml" <<CONF
expressgateway:
  event-loops: 1
  listeners:
    - name: udp
      bind: 127.0.0.1:$PORT_GATEWAY
      protocol: udp
      cluster: endpoint
      udp: { session-idle-timeout: 1s, max-sessions-per-ip: 60000 }
  clusters:
    - name: endpoint
      protocol: udp
      endpoints: [ { address: "127.0.0.1:$PORT_ENDPOINT" } ]
management.server.port: $PORT_MANAGEMENT
CONF
  start_gateway_process "$WORK/gateway.yaml"
}

start_nginx_udp && NGINX_PID=$LAST_PID
start_gateway_udp && GATEWAY_PID=$LAST_PID
await "http://127.0.0.1:$PORT_MANAGEMENT/readyz" "$GATEWAY_PID"

# run PID PORT CELL: exchanges/s, CPU-us per exchange, repeats.
run() {
  local pid=$1 port=$2 sockets window bytes before after exchanges repeats
  IFS=: read -r _ sockets window bytes <<<"$3"
  before=$(cpu_micros "$pid")
  read -r exchanges repeats < <(taskset -c "$LOAD_CPUS" "$JAVA" -XX:+UseSerialGC -Xmx256m -cp "$WORK/classes" \
    UdpTraffic load "$port" "$sockets" "$window" "$bytes" "$SECONDS_PER_RUN")
  after=$(cpu_micros "$pid")
  awk -v e="$exchanges" -v s="$SECONDS_PER_RUN" -v c=$((after - before)) -v r="$repeats" \
    'BEGIN {printf "%.0f %.2f %d\n", e / s, e ? c / e : 0, r}'
}

# A JVM's code is compiled while it runs: every CPU is open to it meanwhile.
taskset -apc "0-$(($(nproc) - 1))" "$GATEWAY_PID" >/dev/null
for _ in 1 2; do
  for cell in $CELLS; do run "$GATEWAY_PID" "$PORT_GATEWAY" "$cell" >/dev/null; done
done
taskset -apc "$PROXY_CPUS" "$GATEWAY_PID" >/dev/null

for ((round = 1; round <= ROUNDS; round++)); do
  for cell in $CELLS; do
    for who in gateway nginx; do
      if [[ $who == gateway ]]; then pid=$GATEWAY_PID port=$PORT_GATEWAY; else pid=$NGINX_PID port=$PORT_NGINX; fi
      figures=$(run "$pid" "$port" "$cell")
      say "round $round ${cell%%:*} $who: $figures (exchanges/s, CPU-us, repeats)"
      echo "$figures" >>"$WORK/$who.${cell%%:*}"
    done
  done
done

column() { cut -d' ' -f"$2" "$WORK/$1" | median; }

REPORT=${REPORT:-$(report_file udp)}
{
  echo "# UDP relay beside nginx's stream module"
  echo
  conditions
  echo "- Load and endpoint: \`scripts/bench/UdpTraffic.java\`, in a closed loop; $ROUNDS rounds of $SECONDS_PER_RUN s a cell, contenders in turn, medians"
  echo "- One event loop beside one worker; sessions end after 1 s of silence"
  echo
  echo "CPU of the proxy in microseconds per exchange: a datagram to the endpoint and one back."
  echo
  echo "| cell | sockets x window x bytes | ExpressGateway | nginx | ratio | exchanges/s, ours and nginx's | repeats, ours and nginx's |"
  echo "|---|---|---|---|---|---|---|"
  for cell in $CELLS; do
    IFS=: read -r name sockets window bytes <<<"$cell"
    ours=$(column "gateway.$name" 2) theirs=$(column "nginx.$name" 2)
    printf '| %s | %s x %s x %s | %s | %s | %s | %s, %s | %s, %s |\n' "$name" "$sockets" "$window" "$bytes" "$ours" "$theirs" \
      "$(awk -v a="$ours" -v b="$theirs" 'BEGIN {printf "%.2f", b ? a / b : 0}')" \
      "$(column "gateway.$name" 1)" "$(column "nginx.$name" 1)" "$(column "gateway.$name" 3)" "$(column "nginx.$name" 3)"
  done
  echo
  echo "A window of 0 is a new client socket, hence a new session, per exchange. Resident memory at the end: ExpressGateway $(($(rss_kib "$GATEWAY_PID") / 1024)) MiB, nginx $(($(rss_kib "$NGINX_PID") / 1024)) MiB."
} >"$REPORT"
say "written: $REPORT"
cat "$REPORT"
