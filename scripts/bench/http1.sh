#!/usr/bin/env bash
# HTTP/1.1 to HTTP/1.1: CPU per request, throughput, latency and memory beside HAProxy, nginx and Spring Cloud Gateway.
# Writes audit/perf/http1-DATE.md. A missed target is printed, never a failure: this is a bench, not a test.
set -euo pipefail

ROUNDS=5 SECONDS_PER_RUN=8 WARM_SECONDS=8
CONTENDERS="gateway haproxy nginx scg"
CELLS="24x32 24x128 10240x32 10240x128"
LOG_MODES="off on"
REPORT=

usage() {
  cat <<'TEXT'
usage: scripts/bench/http1.sh [options]
  --rounds N          rounds, contenders interleaved in each (5)
  --seconds N         of one measured run (8)
  --contenders LIST   of gateway,haproxy,nginx,scg (all)
  --cells LIST        BODYxCONNECTIONS: 24x32,24x128,10240x32,10240x128 (all)
  --logs LIST         access log off,on (both)
  --report FILE       instead of audit/perf/http1-DATE.md
  --quick             2 rounds of 3 s, cells 24x32 and 10240x32, access log off
TEXT
}

while [[ $# -gt 0 ]]; do
  case $1 in
    --rounds) ROUNDS=$2 && shift 2 ;;
    --seconds) SECONDS_PER_RUN=$2 && shift 2 ;;
    --contenders) CONTENDERS=${2//,/ } && shift 2 ;;
    --cells) CELLS=${2//,/ } && shift 2 ;;
    --logs) LOG_MODES=${2//,/ } && shift 2 ;;
    --report) REPORT=$2 && shift 2 ;;
    --quick)
      ROUNDS=2 SECONDS_PER_RUN=3 WARM_SECONDS=4 CELLS="24x32 10240x32" LOG_MODES=off
      shift
      ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
done

# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

has() { [[ " $CONTENDERS " == *" $1 "* ]]; }

need_tools
if has gateway; then need_gateway; fi
if has scg; then need_scg; fi

declare -A PID
RESULTS="$WORK/results.tsv"

url_of() { printf 'http://127.0.0.1:%s/bench/%s\n' "$(port_of "$1")" "$2"; }

start_contenders() {
  local log=$1 who
  for who in $CONTENDERS; do
    "start_$who" "$log"
    PID[$who]=$LAST_PID
    await "$(url_of "$who" 24)" "$LAST_PID"
  done
}

warm_contenders() {
  local who
  for who in $CONTENDERS; do
    case $who in
      gateway | scg)
        # Both body sizes, so that no path is compiled within a measured run.
        warm_jvm "${PID[$who]}" 32 "$WARM_SECONDS" "$(url_of "$who" 24)"
        warm_jvm "${PID[$who]}" 128 "$WARM_SECONDS" "$(url_of "$who" 10240)"
        ;;
      *) warm 32 2 "$(url_of "$who" 24)" ;;
    esac
  done
}

truncate_logs() {
  local file
  for file in "$LOGS"/*; do
    if [[ -f $file ]]; then : >"$file"; fi
  done
}

measure() {
  local log=$1 round cell who figures
  for ((round = 1; round <= ROUNDS; round++)); do
    for cell in $CELLS; do
      for who in $CONTENDERS; do
        figures=$(load "${PID[$who]}" "${cell#*x}" "$SECONDS_PER_RUN" "$(url_of "$who" "${cell%x*}")")
        printf '%s\t%s\t%s\t%s\t%s\n' "$log" "$cell" "$round" "$who" "$figures" >>"$RESULTS"
        say "log=$log round=$round $cell $who: $(cut -f6 <<<"$figures") CPU-us, $(cut -f1 <<<"$figures") requests/s"
        truncate_logs
      done
    done
  done
}

start_endpoint
for mode in $LOG_MODES; do
  say "access log $mode: starting and warming $CONTENDERS"
  start_contenders "$mode"
  warm_contenders
  truncate_logs
  measure "$mode"
  for who in $CONTENDERS; do stop "${PID[$who]}"; done
done

REPORT=${REPORT:-$(report_file http1)}
{
  printf '# HTTP/1.1 beside HAProxy, nginx and Spring Cloud Gateway\n\n'
  conditions
  cat <<MD
- Peers: $(first_line nginx -v | sed 's/.*version: //'), $(first_line haproxy -v | cut -d' ' -f1-3), Spring Cloud Gateway 5.0.3 on Boot 4.1.2 with \`${SCG_FLAGS[*]}\`; $(first_line wrk -v | cut -d' ' -f1-2)
- One worker, thread or event loop each; one catch-all route; Host kept; X-Forwarded-For, -Proto and -Host written by all; the same timers
- Requests per connection raised past the default everywhere (ours: \`max-keep-alive-requests: $KEEP_ALIVE_REQUESTS\`), upstream keep-alive on everywhere, body limit raised at ours; our metrics and timers on
- Access log on: JSON at ours, combined with a 64 KiB buffer at nginx, httplog on stdout at HAProxy, Reactor Netty's log at Spring Cloud Gateway; all into $([[ $LOGS == /dev/shm/* ]] && echo memory '(/dev/shm)' || echo a file)
- $ROUNDS rounds of $SECONDS_PER_RUN s a run, contenders interleaved in every round; JVMs warmed at both body sizes by runs of $WARM_SECONDS s until CPU per request settled within 8 %, with all CPUs open to their compilers; the figures are medians over rounds
- CPU-us a request: user and system time of the proxy's processes over the run, divided by completed requests. RSS: all its processes, at the end of a run

MD
  python3 "$BENCH/http1_report.py" "$RESULTS"
} >"$WORK/report.md"
mkdir -p "$(dirname "$REPORT")"
cp "$WORK/report.md" "$REPORT"
sed -n '/^## /,$p' "$REPORT"
say "written to $REPORT"
