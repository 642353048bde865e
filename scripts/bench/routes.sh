#!/usr/bin/env bash
# CPU per request with 10 and with 10 000 routes (literal path prefixes, every one of them asked for), two gateways
# side by side, interleaved. Writes audit/perf/routes-DATE.md.
# usage: scripts/bench/routes.sh [--rounds N] [--seconds N]
set -euo pipefail

ROUNDS=5 SECONDS_PER_RUN=8
while [[ $# -gt 0 ]]; do
  case $1 in
    --rounds) ROUNDS=$2 && shift 2 ;;
    --seconds) SECONDS_PER_RUN=$2 && shift 2 ;;
    *) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_tools
need_gateway
start_endpoint

FEW=10 MANY=10000 TARGET=1.1
declare -A PID PORT=([few]=$PORT_GATEWAY [many]=$PORT_GATEWAY_B) MANAGEMENT=([few]=$PORT_MANAGEMENT [many]=$PORT_MANAGEMENT_B)
declare -A COUNT=([few]=$FEW [many]=$MANY)

start_with_routes() {
  local which=$1 file="$WORK/$1.yaml"
  write_gateway_config "$file" off "${PORT[$which]}" "${MANAGEMENT[$which]}" 1
  for ((i = 0; i < COUNT[$which]; i++)); do gateway_route "r$i" "/r$i/**"; done >>"$file"
  start_gateway_process "$file"
  PID[$which]=$LAST_PID
  await "http://127.0.0.1:${PORT[$which]}/r$((COUNT[$which] - 1))/x" "$LAST_PID" 120
}

export WRK_SCRIPT="$BENCH/wrk/paths.lua"
run() { load "${PID[$1]}" 32 "$2" "http://127.0.0.1:${PORT[$1]}/r0/x" -- "${COUNT[$1]}"; }

for which in few many; do
  start_with_routes "$which"
  run "$which" 20 >/dev/null
done
for ((round = 1; round <= ROUNDS; round++)); do
  for which in few many; do
    run "$which" "$SECONDS_PER_RUN" >>"$WORK/$which.tsv"
    say "round $round, ${COUNT[$which]} routes: $(tail -n 1 "$WORK/$which.tsv" | cut -f6) CPU-us"
  done
done

few=$(cut -f6 "$WORK/few.tsv" | median)
many=$(cut -f6 "$WORK/many.tsv" | median)
REPORT=$(report_file routes)
{
  printf '# Cost of many routes, end to end\n\n'
  conditions
  cat <<MD
- $ROUNDS rounds of $SECONDS_PER_RUN s, interleaved, 32 connections, 24-byte body, each gateway warmed 20 s; requests walk over all routes; medians
- Keys past their defaults: \`max-keep-alive-requests: $KEEP_ALIVE_REQUESTS\`

| routes | CPU-us a request | requests/s | RSS MiB | failed |
|---|---|---|---|---|
MD
  for which in few many; do
    printf '| %s | %.2f | %.0f | %.0f | %s |\n' "${COUNT[$which]}" "$(cut -f6 "$WORK/$which.tsv" | median)" \
      "$(cut -f1 "$WORK/$which.tsv" | median)" "$(cut -f5 "$WORK/$which.tsv" | median | awk '{print $1 / 1024}')" \
      "$(awk '{n += $8} END {print n}' "$WORK/$which.tsv")"
  done
  awk -v f="$few" -v m="$many" -v t=$TARGET \
    'BEGIN {printf "\nRatio %.3f, target at most %s: %s.\n", m / f, t, (m / f <= t) ? "met" : "**missed**"}'
} >"$WORK/report.md"
cp "$WORK/report.md" "$REPORT"
cat "$REPORT"
