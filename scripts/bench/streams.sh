#!/usr/bin/env bash
# Memory of many: 10 000 idle TLS connections, and 1 000 HTTP/2 connections that ask for 100 streams each and take
# nothing, against a gateway with the shipped flags. Writes audit/perf/streams-DATE.md.
# usage: scripts/bench/streams.sh [--connections N] [--report FILE]
set -euo pipefail

IDLE=10000 HUNGRY=1000 STREAMS=100 HOLD_SECONDS=15 REPORT=
while [[ $# -gt 0 ]]; do
  case $1 in
    --connections) IDLE=$2 && shift 2 ;;
    --report) REPORT=$2 && shift 2 ;;
    *) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

PROXY_CPUS=0-$(($(nproc) - 1)) LOAD_CPUS=$PROXY_CPUS IDLE_TARGET_MIB=600
# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/bench/encrypted.sh
source "$BENCH/encrypted.sh"
need_encrypted_tools
need_gateway
start_endpoint
# Behind the endpoint's start, which opens its directory to everybody.
make_certificate

# fresh_gateway: a new process, warmed by HTTP/2 in both ways; its pid is in GATEWAY.
fresh_gateway() {
  start_gateway_h2
  GATEWAY=$LAST_PID
  await "http://127.0.0.1:$PORT_GATEWAY/bench/24" "$GATEWAY"
  load_h2 "$GATEWAY" 32 10 5 "http://127.0.0.1:$PORT_GATEWAY/bench/10240" >/dev/null
  load_h2 "$GATEWAY" 32 10 5 "https://127.0.0.1:$PORT_GATEWAY_TLS/bench/10240" >/dev/null
}

fresh_gateway
warmed=$(rss_kib "$GATEWAY")
say "$IDLE idle TLS connections"
mkfifo "$WORK/hold"
python3 "$BENCH/bulk.py" idle-tls "$PORT_GATEWAY_TLS" "$IDLE" <"$WORK/hold" >"$WORK/idle.out" 2>"$WORK/idle.err" &
HOLDER=$!
PIDS+=("$HOLDER")
exec 9>"$WORK/hold"
until grep -qs open "$WORK/idle.out"; do
  kill -0 "$HOLDER" 2>/dev/null || die "the idle client ended: $(cat "$WORK/idle.err")"
  sleep 0.5
done
sleep 5
idle_rss=$(rss_kib "$GATEWAY")
exec 9>&-
wait "$HOLDER"
alive=$(sed -n 's/^alive //p' "$WORK/idle.out")
stop "$GATEWAY"

# hungry PATH: the clients that take nothing, a neighbour that asks meanwhile, and the highest RSS.
hungry() {
  local sampler status
  fresh_gateway
  : >"$WORK/rss"
  sample_rss "$GATEWAY" "$WORK/rss" &
  sampler=$!
  PIDS+=("$sampler")
  python3 "$BENCH/h2_streams.py" "$PORT_GATEWAY" $HUNGRY $STREAMS $HOLD_SECONDS "$1" >"$WORK/hungry.out" 2>>"$WORK/hungry.err" &
  local client=$!
  PIDS+=("$client")
  sleep $((HOLD_SECONDS / 2))
  status=$(curl -s -o /dev/null -m 10 -w '%{http_code} in %{time_total} s' "http://127.0.0.1:$PORT_GATEWAY/bench/24" || true)
  wait "$client" || true
  stop "$sampler"
  local ended="lives on"
  kill -0 "$GATEWAY" 2>/dev/null || ended="**ended**"
  awk -v path="$1" -v out="$(cat "$WORK/hungry.out")" -v ended="$ended" -v status="$status" \
    '{if ($2 > m) m = $2} END {printf "| %s | %s | %s | %.0f | %s |\n", path, out, status, m / 1024, ended}' "$WORK/rss"
  stop "$GATEWAY"
}

REPORT=${REPORT:-$(report_file streams)}
{
  printf '# Memory of many TLS connections and many streams\n\n'
  conditions | grep -v '^- Pinning'
  cat <<MD
- No pinning. Keys past their defaults: \`max-connections-per-ip: 20000\`, requests per connection

| warmed by HTTP/2, MiB | idle TLS connections, a request each | still open at the end | RSS MiB after 5 s of rest | target below $IDLE_TARGET_MIB MiB |
|---|---|---|---|---|
| $((warmed / 1024)) | $IDLE | $alive | $((idle_rss / 1024)) | $( ((idle_rss / 1024 < IDLE_TARGET_MIB)) && echo met || echo '**missed**') |

$HUNGRY connections ask on $STREAMS streams each, grant no byte of window and hold for $HOLD_SECONDS s (scripts/bench/h2_streams.py); a
neighbour asks once half-way. What all clients together may make the gateway hold is half of the smaller of heap and direct
memory, 128 MiB here (rule \`held-bytes\`); beyond it the connections that hold most are ended.

| body | connections and streams | neighbour | highest RSS MiB | gateway |
|---|---|---|---|---|
$(hungry /bench/24)
$(hungry /bench/10240)
$(hungry /bench/1048576)
MD
} >"$WORK/report.md"
mkdir -p "$(dirname "$REPORT")"
cp "$WORK/report.md" "$REPORT"
sed -n '/^|/p' "$REPORT"
say "written to $REPORT"
