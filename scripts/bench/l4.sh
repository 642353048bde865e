#!/usr/bin/env bash
# The TCP relay beside HAProxy in TCP mode with splicing, in one run, interleaved: CPU per GB of a bulk transfer, per
# small request on kept connections, per connection that is made, used for one small request and closed. Writes
# audit/perf/l4-DATE.md. A missed target is printed, never a failure.
# usage: scripts/bench/l4.sh [--rounds N] [--seconds N] [--report FILE]
set -euo pipefail

ROUNDS=5 SECONDS_PER_RUN=6 REPORT=
while [[ $# -gt 0 ]]; do
  case $1 in
    --rounds) ROUNDS=$2 && shift 2 ;;
    --seconds) SECONDS_PER_RUN=$2 && shift 2 ;;
    --report) REPORT=$2 && shift 2 ;;
    *) sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

KEPT_CONNECTIONS=32 MADE_CONNECTIONS=16 BULK_CONNECTIONS=4 BULK_BYTES=1048576
# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_tools
need_gateway
start_endpoint

declare -A PID
RESULTS="$WORK/results.tsv"

start_haproxy_tcp() {
  cat >"$WORK/haproxy.cfg" <<CONF
global
  nbthread 1
  maxconn 4096
defaults
  mode tcp
  option splice-auto
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  maxconn 4096
frontend relay
  bind 127.0.0.1:$PORT_HAPROXY backlog 4096
  default_backend endpoint
backend endpoint
  server endpoint 127.0.0.1:$PORT_ENDPOINT
CONF
  spawn haproxy "$PROXY_CPUS" haproxy -db -f "$WORK/haproxy.cfg"
}

start_gateway_tcp() {
  cat >"$WORK/gateway.yaml" <<CONF
expressgateway:
  event-loops: 1
  listeners:
    - { name: bench, bind: "127.0.0.1:$PORT_GATEWAY", protocol: tcp, cluster: endpoint, max-connections-per-ip: 20000 }
  clusters:
    - { name: endpoint, protocol: tcp, endpoints: [ { address: "127.0.0.1:$PORT_ENDPOINT" } ] }
  drain: { settle: 0s, timeout: 2s }
management.server.port: $PORT_MANAGEMENT
CONF
  start_gateway_process "$WORK/gateway.yaml"
}

# wrk knows headers only through its script.
cat >"$WORK/close.lua" <<LUA
wrk.headers["Connection"] = "close"
LUA
cat "$BENCH/wrk/figures.lua" >>"$WORK/close.lua"

# measure WHAT WHO SECONDS: CPU-us per unit: a request, a connection, a MiB.
measure() {
  local what=$1 who=$2 seconds=$3 url
  url="http://127.0.0.1:$(port_of "$who")"
  case $what in
    kept) load "${PID[$who]}" $KEPT_CONNECTIONS "$seconds" "$url/bench/24" | cut -f6,7,8 ;;
    made) WRK_SCRIPT="$WORK/close.lua" load "${PID[$who]}" $MADE_CONNECTIONS "$seconds" "$url/bench/24" | cut -f6,7,8 ;;
    bulk) load "${PID[$who]}" $BULK_CONNECTIONS "$seconds" "$url/bench/$BULK_BYTES" | cut -f6,7,8 ;;
    *) die "no such measure: $what" ;;
  esac
}

start_haproxy_tcp
PID[haproxy]=$LAST_PID
start_gateway_tcp
PID[gateway]=$LAST_PID
for who in gateway haproxy; do await "http://127.0.0.1:$(port_of "$who")/bench/24" "${PID[$who]}"; done

# warm: runs of all three kinds until the CPU per connection of two that follow each other differs by less than 8 %, at
# most ten, with all CPUs open to the compilers.
taskset -apc "0-$(($(nproc) - 1))" "${PID[gateway]}" >/dev/null
last=0
for ((run = 1; run <= 10; run++)); do
  cpu=$(measure made gateway 6 | cut -f1)
  measure kept gateway 2 >/dev/null
  measure bulk gateway 2 >/dev/null
  if awk -v a="$cpu" -v b="$last" 'BEGIN {d = a - b; exit !(b > 0 && d < 0.08 * b && d > -0.08 * b)}'; then break; fi
  last=$cpu
done
taskset -apc "$PROXY_CPUS" "${PID[gateway]}" >/dev/null
say "warm after $run runs: $cpu CPU-us a connection"

for ((round = 1; round <= ROUNDS; round++)); do
  for what in bulk kept made; do
    for who in gateway haproxy; do
      figures=$(measure "$what" "$who" "$SECONDS_PER_RUN")
      printf '%s\t%s\t%s\n' "$what" "$who" "$figures" >>"$RESULTS"
      say "round=$round $what $who: $(cut -f1 <<<"$figures") CPU-us"
    done
  done
done

# cell WHAT WHO: the median.
cell() { awk -F'\t' -v w="$1" -v p="$2" '$1 == w && $2 == p {print $3}' "$RESULTS" | median; }

# row WHAT LABEL TARGET FACTOR: figures, ratio, whether the target is met.
row() {
  awk -v ours="$(cell "$1" gateway)" -v theirs="$(cell "$1" haproxy)" -v label="$2" -v target="$3" -v f="$4" 'BEGIN {
    r = ours / theirs
    printf "| %s | %.2f | %.2f | %.2f | %.2f | %s |\n", label, ours * f, theirs * f, r, target, (r <= target ? "met" : "missed")
  }'
}

REPORT=${REPORT:-$(report_file l4)}
{
  printf '# The TCP relay beside HAProxy\n\n'
  conditions
  cat <<MD
- Peer: $(first_line haproxy -v | cut -d' ' -f1-3), mode tcp, option splice-auto, one thread; ours with one event loop, metrics and timers on, access log off
- Bulk: $BULK_CONNECTIONS connections that fetch bodies of 1 MiB; kept: $KEPT_CONNECTIONS connections, 24 bytes; made: $MADE_CONNECTIONS at a time, 24 bytes each, then the endpoint closes
- $ROUNDS rounds of $SECONDS_PER_RUN s a run, interleaved; medians over rounds; the JVM warmed until CPU per connection settled within 8 % ($run runs)
- Failed requests in all runs: $(awk -F'\t' '{n += $5} END {print n + 0}' "$RESULTS")

## CPU

| what | ExpressGateway | HAProxy | ratio | target | |
|---|---|---|---|---|---|
MD
  row bulk 'CPU-s a GB, bulk' 0.70 0.00095367
  row kept 'CPU-us a request, kept connections' 1.10 1
  row made 'CPU-us a connection' 1.15 1
} >"$WORK/report.md"
mkdir -p "$(dirname "$REPORT")"
cp "$WORK/report.md" "$REPORT"
sed -n '/^## /,$p' "$REPORT"
say "written to $REPORT"
