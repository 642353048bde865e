# shellcheck shell=bash
# Shared by the benches: finds tools, starts and stops contenders by pid, measures CPU and RSS.
# Source it after `set -euo pipefail`. Every process that it starts is stopped by its own trap.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BENCH="$ROOT/scripts/bench"
JAR="$ROOT/target/expressgateway.jar"
SCG_JAR="$BENCH/spring-cloud-gateway/target/spring-cloud-gateway-peer.jar"

# 21000 to 21020 on 127.0.0.1 belong to the benches.
PORT_ENDPOINT=21000
PORT_NGINX=21001
PORT_HAPROXY=21002
PORT_SCG=21003
PORT_GATEWAY=21004
PORT_MANAGEMENT=21005
# shellcheck disable=SC2034 # for benches that run two gateways, or an endpoint of their own
{
  PORT_GATEWAY_B=21006
  PORT_MANAGEMENT_B=21007
  PORT_BULK=21008
  PORT_GATEWAY_TLS=21009
  PORT_HAPROXY_TLS=21010
  PORT_NGINX_TLS=21011
}

# Proxies on one CPU, endpoint and load on the other. A bench that needs it otherwise sets these first.
PROXY_CPUS=${PROXY_CPUS:-0}
LOAD_CPUS=${LOAD_CPUS:-1}

# Past the default of 1000, so that no contender measures connection set-up; peers get the same.
KEEP_ALIVE_REQUESTS=1000000000

WORK=$(mktemp -d "${TMPDIR:-/tmp}/expressgateway-bench.XXXXXX")
# Access logs go to memory where there is some, so that a disk is not what is measured.
if [[ -d /dev/shm && -w /dev/shm ]]; then
  LOGS=$(mktemp -d /dev/shm/expressgateway-bench.XXXXXX)
else
  LOGS="$WORK/logs"
  mkdir -p "$LOGS"
fi

# Many connections need many descriptors: as many as this shell may have.
ulimit -Sn "$(ulimit -Hn)" 2>/dev/null || true

PIDS=()
LAST_PID=

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# ---- tools ----

# need COMMAND PACKAGE: finds a command, or installs its Debian package where we may.
need() {
  local command=$1 package=$2
  command -v "$command" >/dev/null 2>&1 && return
  [[ $(id -u) == 0 ]] || die "$command is missing: install the package $package"
  say "installing $package"
  if [[ -z ${APT_UPDATED:-} ]]; then
    apt-get update -qq >&2
    APT_UPDATED=yes
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >&2
  command -v "$command" >/dev/null 2>&1 || die "$package was installed but $command is not there"
}

need_tools() {
  export PATH="$PATH:/usr/sbin:/sbin"
  need nginx nginx
  need haproxy haproxy
  need wrk wrk
  need curl curl
  need python3 python3
  need taskset util-linux
}

# shellcheck source=scripts/java25.sh
source "$ROOT/scripts/java25.sh"
JAVA25_HOME=$(find_java25)
JAVA="$JAVA25_HOME/bin/java"

need_gateway() {
  [[ -f $JAR ]] && return
  say "building $JAR"
  (cd "$ROOT" && mvn -B -q -DskipTests package) >&2
  [[ -f $JAR ]] || die "the build left no $JAR"
}

need_scg() {
  [[ -f $SCG_JAR ]] && return
  say "building the Spring Cloud Gateway peer"
  (cd "$BENCH/spring-cloud-gateway" && mvn -B -q -DskipTests package) >&2
}

# The gateway's flags as an argument list: config/jvm.options where it exists.
gateway_flags() {
  if [[ -f $ROOT/config/jvm.options ]]; then
    printf '@%s\n' "$ROOT/config/jvm.options"
  fi
}

# ---- processes ----

# spawn NAME CPUS COMMAND...: starts it in the background; its pid is in LAST_PID, its output in $LOGS.
spawn() {
  local name=$1 cpus=$2
  shift 2
  taskset -c "$cpus" "$@" >>"$LOGS/$name.out" 2>>"$WORK/$name.err" &
  LAST_PID=$!
  PIDS+=("$LAST_PID")
}

# stop PID: SIGTERM, ten seconds, SIGKILL.
stop() {
  local pid=$1
  kill "$pid" 2>/dev/null || return 0
  for _ in {1..100}; do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

stop_all() {
  local pid
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${PIDS[@]}"; do stop "$pid"; done
  PIDS=()
}

clean_up() {
  local status=$?
  trap - EXIT INT TERM
  stop_all
  if [[ $status -ne 0 ]]; then
    tail -n 20 "$WORK"/*.err >&2 2>/dev/null || true
  fi
  rm -rf "$WORK" "$LOGS"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# await URL PID [SECONDS]: until it answers 200; ends the bench when the process dies or time is up.
await() {
  local url=$1 pid=$2 seconds=${3:-60} status
  for ((i = 0; i < seconds * 10; i++)); do
    kill -0 "$pid" 2>/dev/null || die "the process for $url ended early"
    status=$(curl -s -o /dev/null -m 2 -w '%{http_code}' "$url" 2>/dev/null) || true
    [[ $status == 200 ]] && return
    sleep 0.1
  done
  die "$url did not answer 200 within $seconds s (last: $status)"
}

# ---- contenders; LOG is off or on ----

start_endpoint() {
  mkdir -p "$WORK/endpoint/temp"
  head -c 10240 /dev/zero | tr '\0' x >"$WORK/endpoint/10240"
  head -c 1048576 /dev/zero | tr '\0' x >"$WORK/endpoint/1048576"
  chmod -R a+rX "$WORK" "$WORK/endpoint"
  cat >"$WORK/endpoint/nginx.conf" <<CONF
worker_processes 1;
daemon off;
pid $WORK/endpoint/nginx.pid;
error_log $WORK/endpoint/error.log crit;
worker_rlimit_nofile 18000;
events { worker_connections 8192; }
http {
$(nginx_temp "$WORK/endpoint/temp")
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests $KEEP_ALIVE_REQUESTS;
  keepalive_timeout 3600s;
  open_file_cache max=16;
  default_type text/plain;
  server {
    listen 127.0.0.1:$PORT_ENDPOINT backlog=4096;
    location / { return 200 "twenty-four bytes, plain"; }
    location = /bench/10240 { alias $WORK/endpoint/10240; }
    location = /bench/1048576 { alias $WORK/endpoint/1048576; }
  }
}
CONF
  spawn endpoint "$LOAD_CPUS" nginx -p "$WORK/endpoint" -c "$WORK/endpoint/nginx.conf"
  await "http://127.0.0.1:$PORT_ENDPOINT/bench/24" "$LAST_PID"
}

nginx_temp() {
  local dir=$1 kind
  for kind in client_body proxy fastcgi uwsgi scgi; do
    printf '  %s_temp_path %s/%s;\n' "$kind" "$dir" "$kind"
  done
}

# nginx_upstream, nginx_location: how nginx reaches the endpoint, in every bench over HTTP/1.1.
nginx_upstream() {
  cat <<CONF
  upstream endpoint {
    server 127.0.0.1:$PORT_ENDPOINT;
    keepalive 1024;
    keepalive_requests $KEEP_ALIVE_REQUESTS;
    keepalive_timeout 60s;
  }
CONF
}

nginx_location() {
  cat <<'CONF'
    location / {
      proxy_pass http://endpoint;
      proxy_http_version 1.1;
      proxy_connect_timeout 5s;
      proxy_read_timeout 60s;
      proxy_send_timeout 30s;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
    }
CONF
}

start_nginx() {
  local log=$1 access="access_log off;"
  # Buffered, its cheapest form: the gateway's log is written in batches too.
  [[ $log == on ]] && access="access_log $LOGS/nginx.access combined buffer=64k flush=1s;"
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
  $access
  keepalive_requests $KEEP_ALIVE_REQUESTS;
  keepalive_timeout 60s;
  client_header_timeout 10s;
  client_body_timeout 30s;
  client_max_body_size 64m;
  send_timeout 30s;
$(nginx_upstream)
  server {
    listen 127.0.0.1:$PORT_NGINX backlog=4096;
$(nginx_location)
    location = /bench/ws {
      proxy_pass http://endpoint;
      proxy_http_version 1.1;
      proxy_set_header Upgrade \$http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_set_header Host \$http_host;
    }
  }
}
CONF
  spawn nginx "$PROXY_CPUS" nginx -p "$WORK/nginx" -c "$WORK/nginx/nginx.conf"
}

start_haproxy() {
  local log=$1 global="" http=""
  if [[ $log == on ]]; then
    global="log stdout format raw local0 info"
    http=$'log global\n  option httplog'
  fi
  cat >"$WORK/haproxy.cfg" <<CONF
global
  nbthread 1
  maxconn 4096
  $global
defaults
  mode http
  $http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 30s
  timeout server 60s
  timeout http-request 10s
  timeout http-keep-alive 60s
  timeout tunnel 60s
  maxconn 4096
frontend web
  bind 127.0.0.1:$PORT_HAPROXY backlog 4096
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  acl everything path_beg /
  use_backend endpoint if everything
backend endpoint
  server endpoint 127.0.0.1:$PORT_ENDPOINT pool-max-conn 1024
CONF
  spawn haproxy "$PROXY_CPUS" haproxy -db -f "$WORK/haproxy.cfg"
}

# Which forwarding headers are written: For, Proto and Host, as by the other peers.
forwarding_keys() {
  cat <<'CONF'
        x-forwarded: { port-enabled: false, prefix-enabled: false }
        forwarded: { enabled: false }
CONF
}

SCG_FLAGS=(-Xms256m -Xmx256m -XX:+UseParallelGC --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow -Dio.netty.leakDetection.level=disabled -Dreactor.netty.ioWorkerCount=1)

write_scg_config() {
  cat >"$WORK/scg.yaml" <<CONF
server: { address: 127.0.0.1, port: $PORT_SCG }
logging.level.root: warn
spring:
  main.banner-mode: off
  cloud:
    gateway:
      server.webflux:
        # Without it this peer writes no forwarding headers at all.
        trusted-proxies: 127\\.0\\.0\\.1
$(forwarding_keys)
        httpclient:
          connect-timeout: 5000
          response-timeout: 60s
          pool: { type: fixed, max-connections: 1024 }
        routes:
          - id: bench
            uri: http://127.0.0.1:$PORT_ENDPOINT
            predicates: [ "Path=/**" ]
            filters: [ PreserveHostHeader ]
CONF
}

start_scg() {
  local log=$1 extra=()
  write_scg_config
  if [[ $log == on ]]; then
    extra=(-Dreactor.netty.http.server.accessLogEnabled=true
      -Dlogging.level.reactor.netty.http.server.AccessLog=info)
  fi
  spawn scg "$PROXY_CPUS" "$JAVA" "${SCG_FLAGS[@]}" ${extra[@]+"${extra[@]}"} \
    -jar "$SCG_JAR" "--spring.config.additional-location=file:$WORK/scg.yaml"
}

# write_gateway_config FILE LOG PORT MANAGEMENT LOOPS [ENDPOINT_PORT]: all but the routes, which gateway_route adds.
write_gateway_config() {
  local file=$1 log=$2 port=$3 management=$4 loops=$5 endpoint=${6:-$PORT_ENDPOINT}
  local access="format: off"
  [[ $log == on ]] && access="format: json, path: $LOGS/gateway-$port.access"
  cat >"$file" <<CONF
expressgateway:
  event-loops: $loops
  listeners:
    - name: bench
      bind: 127.0.0.1:$port
      protocol: http
      max-connections-per-ip: 20000
      access-log: { $access }
      http:
        max-keep-alive-requests: $KEEP_ALIVE_REQUESTS
        max-body-size: 20GB
  clusters:
    - name: endpoint
      endpoints:
        - { address: "127.0.0.1:$endpoint" }
      pool: { max-connections: 1024 }
  drain: { settle: 0s, timeout: 2s }
management.server.port: $management
spring:
  cloud:
    gateway:
      server.webflux:
$(forwarding_keys)
        routes:
CONF
}

gateway_route() {
  local id=$1 path=$2
  printf '          - { id: "%s", uri: "lb://endpoint", predicates: [ "Path=%s" ], filters: [ PreserveHostHeader ] }\n' "$id" "$path"
}

# start_gateway_process FILE: with the shipped flags.
start_gateway_process() {
  local flags=()
  mapfile -t flags < <(gateway_flags)
  spawn "gateway-$(basename "$1" .yaml)" "$PROXY_CPUS" "$JAVA" ${flags[@]+"${flags[@]}"} -jar "$JAR" "$1"
}

start_gateway() {
  local log=$1
  write_gateway_config "$WORK/gateway.yaml" "$log" "$PORT_GATEWAY" "$PORT_MANAGEMENT" 1
  gateway_route bench '/**' >>"$WORK/gateway.yaml"
  start_gateway_process "$WORK/gateway.yaml"
}

port_of() {
  case $1 in
    gateway) echo "$PORT_GATEWAY" ;;
    nginx) echo "$PORT_NGINX" ;;
    haproxy) echo "$PORT_HAPROXY" ;;
    scg) echo "$PORT_SCG" ;;
    *) die "no such contender: $1" ;;
  esac
}

# ---- figures ----

# family PID: the process and its children (nginx: master and worker).
family() {
  printf '%s\n' "$1"
  tr ' ' '\n' 2>/dev/null <"/proc/$1/task/$1/children" | sed '/^$/d'
}

CLOCK_TICKS=$(getconf CLK_TCK)

# cpu_micros PID: user + system time of the process and its children so far. The kernel scales utime + stime to
# the exact run time of the scheduler, so the error is one tick, however short the bursts are.
cpu_micros() {
  local pid total=0 fields
  for pid in $(family "$1"); do
    [[ -r /proc/$pid/stat ]] || continue
    fields=$(cat "/proc/$pid/stat") || continue
    # The command may hold spaces: fields count from behind its closing bracket.
    # shellcheck disable=SC2086
    set -- ${fields##*) }
    total=$((total + ${12} + ${13}))
  done
  echo $((total * (1000000 / CLOCK_TICKS)))
}

# rss_kib PID: resident memory of the process and its children.
rss_kib() {
  local pid total=0 one
  for pid in $(family "$1"); do
    one=$(awk '/^VmRSS:/ {print $2}' "/proc/$pid/status" 2>/dev/null) || continue
    total=$((total + ${one:-0}))
  done
  echo "$total"
}

fd_count() { find "/proc/$1/fd" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l; }

# load PID CONNECTIONS SECONDS URL [-- script arguments]: one measured run. Prints, separated by tabs:
# requests/s, p50, p99, p99.9 (us), RSS (KiB), CPU-us per request, requests, failed requests.
load() {
  local pid=$1 connections=$2 seconds=$3 url=$4
  shift 4
  local before after line
  before=$(cpu_micros "$pid")
  line=$(taskset -c "$LOAD_CPUS" wrk -t1 "-c$connections" "-d${seconds}s" --timeout 10s \
    -s "${WRK_SCRIPT:-$BENCH/wrk/figures.lua}" "$url" "$@" | sed -n 's/^figures //p')
  after=$(cpu_micros "$pid")
  [[ -n $line ]] || die "wrk gave no figures for $url"
  awk -v l="$line" -v cpu=$((after - before)) -v rss="$(rss_kib "$pid")" 'BEGIN {
    split(l, f, " ")
    if (f[1] == 0) f[1] = 1
    printf "%.0f\t%.0f\t%.0f\t%.0f\t%d\t%.2f\t%d\t%d\n", f[1] / (f[2] / 1e6), f[3], f[4], f[5], rss, cpu / f[1], f[1], f[6]
  }'
}

# warm CONNECTIONS SECONDS URL: load whose figures do not count.
warm() { taskset -c "$LOAD_CPUS" wrk -t1 "-c$1" "-d${2}s" "$3" >/dev/null; }

# warm_jvm PID CONNECTIONS SECONDS URL: runs of SECONDS until the CPU per request of two that follow each other differs
# by less than 8 %, at most ten. A fixed time would not do: on a busy machine it is over before the code is compiled,
# which flatters every peer of a JVM. Every CPU is open to the process meanwhile, for its compiler threads; it is
# pinned again afterwards.
warm_jvm() {
  local pid=$1 connections=$2 seconds=$3 url=$4 cpu last=0 run
  taskset -apc "0-$(($(nproc) - 1))" "$pid" >/dev/null
  for ((run = 1; run <= 10; run++)); do
    cpu=$(load "$pid" "$connections" "$seconds" "$url" | cut -f6)
    if awk -v a="$cpu" -v b="$last" 'BEGIN {d = a - b; exit !(b > 0 && d < 0.08 * b && d > -0.08 * b)}'; then break; fi
    last=$cpu
  done
  taskset -apc "$PROXY_CPUS" "$pid" >/dev/null
  say "warm after $run runs of $seconds s: $cpu CPU-us ($url)"
}

# sample_rss PID FILE: once half a second until killed; for the background.
sample_rss() {
  while kill -0 "$1" 2>/dev/null; do
    printf '%s %s %s\n' "$(date +%s.%N)" "$(rss_kib "$1")" "$(fd_count "$1")" >>"$2"
    sleep 0.5
  done
}

# idle_percent: how much of all CPUs nobody uses, over two seconds; taken before a bench loads the machine.
idle_percent() {
  {
    head -n 1 /proc/stat
    sleep 2
    head -n 1 /proc/stat
  } | awk '{idle[NR] = $5 + $6; for (i = 2; i <= 9; i++) all[NR] += $i}
    END {printf "%.0f", 100 * (idle[2] - idle[1]) / (all[2] - all[1])}'
}
IDLE_BEFORE=$(idle_percent)

# median: of the numbers on stdin, one a line.
median() { sort -g | awk '{v[NR] = $1} END {if (NR) print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

# ---- the report ----

# report_file NAME: where a bench of today writes.
report_file() {
  mkdir -p "$ROOT/audit/perf"
  printf '%s/audit/perf/%s-%s.md\n' "$ROOT" "$1" "$(date +%F)"
}

first_line() { "$@" 2>&1 | head -n 1 || true; }

# The options file on one line, comments left out.
gateway_options() {
  if [[ -f $ROOT/config/jvm.options ]]; then
    grep -v '^ *#' "$ROOT/config/jvm.options" | tr '\n' ' '
  else
    printf 'none'
  fi
}

# conditions: what anybody needs to repeat the run, as a Markdown list.
conditions() {
  cat <<MD
- Date: $(date -u '+%F %H:%M UTC'); commit $(git -C "$ROOT" describe --always --dirty 2>/dev/null || echo unknown)
- Machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) CPUs, $(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), kernel $(uname -r), loopback; $IDLE_BEFORE % idle just before (below 95: others were running, do not trust the spread)
- Pinning: proxies on CPU $PROXY_CPUS, endpoint (nginx) and load (wrk) on CPU $LOAD_CPUS
- Java: $(first_line "$JAVA" --version); ExpressGateway's flags: $(gateway_options)
MD
}
