#!/usr/bin/env bash
# CPU per request with one and with two event loops, and how 128 connections spread over two loops.
# Writes audit/perf/scaling-DATE.md.
# usage: scripts/bench/scaling.sh [--rounds N] [--seconds N]
set -euo pipefail

ROUNDS=5 SECONDS_PER_RUN=8
while [[ $# -gt 0 ]]; do
  case $1 in
    --rounds) ROUNDS=$2 && shift 2 ;;
    --seconds) SECONDS_PER_RUN=$2 && shift 2 ;;
    *) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

# Two loops need two CPUs, and there may be no third: nothing is pinned, for either gateway.
PROXY_CPUS=0-$(($(nproc) - 1)) LOAD_CPUS=$PROXY_CPUS
# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_tools
need_gateway
start_endpoint

CPU_TARGET=1.1 SPREAD_TARGET=60 CONNECTIONS=128
declare -A PID PORT=([1]=$PORT_GATEWAY [2]=$PORT_GATEWAY_B) MANAGEMENT=([1]=$PORT_MANAGEMENT [2]=$PORT_MANAGEMENT_B)
url() { printf 'http://127.0.0.1:%s/bench/24\n' "${PORT[$1]}"; }

for loops in 1 2; do
  write_gateway_config "$WORK/loops-$loops.yaml" off "${PORT[$loops]}" "${MANAGEMENT[$loops]}" "$loops"
  gateway_route bench '/**' >>"$WORK/loops-$loops.yaml"
  start_gateway_process "$WORK/loops-$loops.yaml"
  PID[$loops]=$LAST_PID
  await "$(url "$loops")" "$LAST_PID"
  warm $CONNECTIONS 20 "$(url "$loops")"
done

for ((round = 1; round <= ROUNDS; round++)); do
  for loops in 1 2; do
    load "${PID[$loops]}" $CONNECTIONS "$SECONDS_PER_RUN" "$(url "$loops")" >"$WORK/figures" &
    measuring=$!
    sleep 2
    [[ $loops == 1 ]] || python3 "$BENCH/loop_spread.py" "${PID[2]}" "${PORT[2]}" >>"$WORK/spread"
    wait "$measuring"
    cat "$WORK/figures" >>"$WORK/loops-$loops.tsv"
    say "round $round, $loops loops: $(cut -f6 "$WORK/figures") CPU-us"
  done
done

REPORT=$(report_file scaling)
{
  printf '# Scaling over event loops\n\n'
  conditions | grep -v '^- Pinning'
  cat <<MD
- Nothing pinned: gateway, endpoint and load share all CPUs; $CONNECTIONS connections, 24-byte body, $ROUNDS rounds of $SECONDS_PER_RUN s, interleaved, warmed 20 s; medians

| event loops | CPU-us a request | requests/s |
|---|---|---|
MD
  for loops in 1 2; do
    printf '| %s | %.2f | %.0f |\n' "$loops" "$(cut -f6 "$WORK/loops-$loops.tsv" | median)" "$(cut -f1 "$WORK/loops-$loops.tsv" | median)"
  done
  awk -v one="$(cut -f6 "$WORK/loops-1.tsv" | median)" -v two="$(cut -f6 "$WORK/loops-2.tsv" | median)" -v t=$CPU_TARGET \
    'BEGIN {printf "\nRatio %.3f, target at most %s: %s.\n", two / one, t, (two / one <= t) ? "met" : "**missed**"}'
  awk -v t=$SPREAD_TARGET '{
      sum = 0
      for (i = 1; i <= NF; i++) sum += $i
      share = sum ? 100 * $1 / sum : 100
      if (share > worst) worst = share
      shares = shares sprintf("%s%d:%d", NR > 1 ? ", " : "", $1, sum - $1)
      if (share <= t) good++
    }
    END {
      printf "\nConnections per loop, one pair a round: %s. Largest share %.0f %%, target at most %s %%: %s in %d of %d rounds.\n",
        shares, worst, t, "met", good, NR
    }' "$WORK/spread"
} >"$WORK/report.md"
cp "$WORK/report.md" "$REPORT"
cat "$REPORT"
