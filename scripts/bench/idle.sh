#!/usr/bin/env bash
# Memory: 10 000 idle keep-alive connections, a 10 GiB upload, and a 10 GiB download with a slow reader, through one
# gateway with the shipped flags, RSS sampled twice a second. Writes audit/perf/idle-DATE.md.
# usage: scripts/bench/idle.sh [--connections N] [--gib N]
set -euo pipefail

CONNECTIONS=10000 GIB=10
while [[ $# -gt 0 ]]; do
  case $1 in
    --connections) CONNECTIONS=$2 && shift 2 ;;
    --gib) GIB=$2 && shift 2 ;;
    *) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

PROXY_CPUS=0-$(($(nproc) - 1)) LOAD_CPUS=$PROXY_CPUS
# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_tools
need_gateway

IDLE_TARGET_MIB=350
# Flat: what is added after the first tenth of a transfer, within the noise of collections.
FLAT_TARGET_MIB=32
BYTES=$((GIB * 1024 * 1024 * 1024))

# The bulk route first: it goes to an endpoint that takes and serves any amount.
start_endpoint
spawn bulk-endpoint "$LOAD_CPUS" python3 "$BENCH/bulk.py" endpoint "$PORT_BULK"
write_gateway_config "$WORK/idle.yaml" off "$PORT_GATEWAY" "$PORT_MANAGEMENT" 0
for path in '/upload' '/bytes/**'; do
  printf '          - { id: "%s", uri: "http://127.0.0.1:%s", predicates: [ "Path=%s" ] }\n' \
    "bulk${path//[^a-z]/-}" "$PORT_BULK" "$path"
done >>"$WORK/idle.yaml"
gateway_route bench '/**' >>"$WORK/idle.yaml"
# Idle connections must outlive the run.
sed -i 's/^      http:$/      http:\n        keep-alive-timeout: 600s/' "$WORK/idle.yaml"
start_gateway_process "$WORK/idle.yaml"
GATEWAY=$LAST_PID
await "http://127.0.0.1:$PORT_GATEWAY/bench/24" "$GATEWAY"
warm 32 10 "http://127.0.0.1:$PORT_GATEWAY/bench/24"
warmed=$(rss_kib "$GATEWAY")

say "$CONNECTIONS idle connections"
mkfifo "$WORK/hold"
python3 "$BENCH/bulk.py" idle "$PORT_GATEWAY" "$CONNECTIONS" <"$WORK/hold" >"$WORK/idle.out" 2>"$WORK/idle.err" &
HOLDER=$!
PIDS+=("$HOLDER")
exec 9>"$WORK/hold"
until grep -qs open "$WORK/idle.out"; do
  kill -0 "$HOLDER" 2>/dev/null || die "the idle client ended: $(cat "$WORK/idle.err")"
  sleep 0.2
done
# Time for everything that was buffered to be let go.
sleep 10
idle_rss=$(rss_kib "$GATEWAY")
exec 9>&-
wait "$HOLDER"
alive=$(sed -n 's/^alive //p' "$WORK/idle.out")

# transfer DIRECTION: its one-line result goes to $WORK/DIRECTION.out, samples to $WORK/DIRECTION.rss
transfer() {
  local sampler
  say "$GIB GiB $1"
  sample_rss "$GATEWAY" "$WORK/$1.rss" &
  sampler=$!
  PIDS+=("$sampler")
  python3 "$BENCH/bulk.py" "$1" "$PORT_GATEWAY" "$BYTES" >"$WORK/$1.out" 2>>"$WORK/$1.err" || echo "failed" >"$WORK/$1.out"
  kill "$sampler" 2>/dev/null || true
  wait "$sampler" 2>/dev/null || true
}
transfer upload
transfer download

transfer_row() {
  awk -v name="$1" -v out="$(cat "$WORK/$1.out")" -v limit=$FLAT_TARGET_MIB '{rss[NR] = $2 / 1024}
    END {
      first = int(NR / 10) + 1; low = high = rss[first]
      for (i = first; i <= NR; i++) { if (rss[i] > high) high = rss[i] }
      printf "| %s | %s | %.0f | %.0f | %.0f | %s |\n", name, out, rss[1], low, high,
        (high - low <= limit && out ~ /^200/) ? "met" : "**missed**"
    }' "$WORK/$1.rss"
}

REPORT=$(report_file idle)
{
  printf '# Memory: idle connections and large bodies\n\n'
  conditions | grep -v '^- Pinning'
  cat <<MD
- No pinning. Keys past their defaults: \`max-connections-per-ip: 20000\`, \`keep-alive-timeout: 600s\`, \`max-body-size: 20GB\`
- RSS of the gateway warmed by 10 s of load: $((warmed / 1024)) MiB

| idle keep-alive connections | still open at the end | RSS MiB after 10 s of rest | target below $IDLE_TARGET_MIB MiB |
|---|---|---|---|
| $CONNECTIONS | $alive | $((idle_rss / 1024)) | $( ((idle_rss / 1024 < IDLE_TARGET_MIB)) && [[ $alive == "$CONNECTIONS" ]] && echo met || echo '**missed**') |

The reader of the download pauses 4 ms after each MiB and 3 s after each GiB.

| $GIB GiB | status, (bytes,) seconds | RSS MiB at begin | after a tenth | highest after that | at most $FLAT_TARGET_MIB MiB more |
|---|---|---|---|---|---|
MD
  transfer_row upload
  transfer_row download
} >"$WORK/report.md"
cp "$WORK/report.md" "$REPORT"
cat "$REPORT"
