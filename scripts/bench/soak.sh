#!/usr/bin/env bash
# Half an hour of mixed load (plain, bodies, pipelining, aborts, rubbish) on one gateway, RSS and descriptors tracked.
# Writes audit/perf/soak-DATE.md; exits 1 when a polite exchange failed, memory or descriptors grew, or the ledger
# does not add up.
# usage: scripts/bench/soak.sh [--minutes N]
set -euo pipefail

MINUTES=30
while [[ $# -gt 0 ]]; do
  case $1 in
    --minutes) MINUTES=$2 && shift 2 ;;
    *) sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

PROXY_CPUS=0-$(($(nproc) - 1)) LOAD_CPUS=$PROXY_CPUS
# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_tools
need_gateway
start_endpoint

# Against the mean of the second quarter, so that warming up is not taken for a leak.
RSS_GROWTH_MIB=24 FD_GROWTH=16
TOTAL=$((MINUTES * 60))

write_gateway_config "$WORK/soak.yaml" off "$PORT_GATEWAY" "$PORT_MANAGEMENT" 0
gateway_route bench '/**' >>"$WORK/soak.yaml"
start_gateway_process "$WORK/soak.yaml"
GATEWAY=$LAST_PID
await "http://127.0.0.1:$PORT_GATEWAY/bench/24" "$GATEWAY"
sample_rss "$GATEWAY" "$WORK/samples" &
SAMPLER=$!
PIDS+=("$SAMPLER")

say "$MINUTES minutes"
wrk -t1 -c64 "-d${TOTAL}s" -s "$BENCH/wrk/figures.lua" "http://127.0.0.1:$PORT_GATEWAY/bench/10240" >"$WORK/wrk.out" &
WRK=$!
PIDS+=("$WRK")
mixed=ok
python3 "$BENCH/mixed.py" "$PORT_GATEWAY" "$TOTAL" 1 >"$WORK/mixed.out" || mixed=failed
wait "$WRK"
# What clients left behind has to be let go before descriptors are compared.
sleep 5
fds_at_rest=$(fd_count "$GATEWAY")
stop "$SAMPLER"
stop "$GATEWAY"
ledger=$(grep '^ledger ' "$LOGS/gateway-soak.out" || echo 'no ledger line')

growth=$(awk '{rss[NR] = $2 / 1024; fd[NR] = $3}
  END {
    for (i = int(NR / 4) + 1; i <= NR / 2; i++) { a += rss[i]; fa += fd[i]; n++ }
    for (i = int(NR * 3 / 4) + 1; i <= NR; i++) { b += rss[i]; fb += fd[i]; m++ }
    printf "%.0f %.0f %.0f %.0f\n", a / n, b / m, fa / n, fb / m
  }' "$WORK/samples")
read -r rss_early rss_late fd_early fd_late <<<"$growth"
wrk_failed=$(sed -n 's/^figures //p' "$WORK/wrk.out" | cut -d' ' -f6)
adds_up=$(tr ' ' '\n' <<<"$ledger" | awk -F= '/=/ {v[$1] = $2} END {print (v["accepted"] > 0 && v["accepted"] == v["completed"] + v["refused"] + v["aborted"]) ? "yes" : "no"}')

verdict=passed
[[ $mixed == ok && ${wrk_failed:-1} == 0 && $adds_up == yes ]] || verdict=FAILED
((rss_late - rss_early <= RSS_GROWTH_MIB && fd_late - fd_early <= FD_GROWTH)) || verdict=FAILED

REPORT=$(report_file soak)
{
  printf '# Soak: %s minutes of mixed load: %s\n\n' "$MINUTES" "$verdict"
  conditions | grep -v '^- Pinning'
  cat <<MD
- wrk: 64 connections, 10 KiB; failed: ${wrk_failed:-unknown}; requests: $(sed -n 's/^figures \([0-9]*\).*/\1/p' "$WORK/wrk.out")
- beside it, one after the other: $(head -n 1 "$WORK/mixed.out"); $(tail -n 1 "$WORK/mixed.out")
- last line of the gateway: \`$ledger\`; adds up: $adds_up

| | second quarter | last quarter | allowed growth |
|---|---|---|---|
| RSS MiB, mean | $rss_early | $rss_late | $RSS_GROWTH_MIB |
| open descriptors, mean | $fd_early | $fd_late | $FD_GROWTH |

Descriptors five seconds after the load: $fds_at_rest.
MD
} >"$WORK/report.md"
cp "$WORK/report.md" "$REPORT"
cat "$REPORT"
[[ $verdict == passed ]]
