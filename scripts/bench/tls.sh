#!/usr/bin/env bash
# TLS beside HAProxy and nginx: full TLS 1.3 handshakes a CPU second (openssl s_time, a request each) and bytes a CPU
# second of 1 MiB bodies over HTTP/1.1. Writes audit/perf/tls-DATE.md. A missed target is printed, never a failure.
# usage: scripts/bench/tls.sh [--rounds N] [--seconds N] [--contenders gateway,haproxy,nginx] [--report FILE]
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

CLIENTS=3 BULK_CONNECTIONS=8 BULK_BYTES=1048576
# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/bench/encrypted.sh
source "$BENCH/encrypted.sh"
need_encrypted_tools
need_gateway
start_endpoint
# Behind the endpoint's start, which opens its directory to everybody.
make_certificate

declare -A PID
RESULTS="$WORK/results.tsv"

# handshakes WHO SECONDS: connections a second, CPU-us each, handshakes a CPU second.
handshakes() {
  local who=$1 seconds=$2 before after pids=() pid count
  rm -f "$WORK"/s_time.*
  before=$(cpu_micros "${PID[$who]}")
  for ((i = 0; i < CLIENTS; i++)); do
    taskset -c "$LOAD_CPUS" openssl s_time -connect "127.0.0.1:$(encrypted_port_of "$who")" -new -tls1_3 \
      -time "$seconds" -www /bench/24 >"$WORK/s_time.$i" 2>&1 &
    pids+=("$!")
  done
  for pid in "${pids[@]}"; do wait "$pid" || die "openssl s_time failed: $(tail -n 3 "$WORK/s_time.0")"; done
  after=$(cpu_micros "${PID[$who]}")
  count=$(sed -n 's/^\([0-9]*\) connections in .* real seconds.*/\1/p' "$WORK"/s_time.* | awk '{n += $1} END {print n + 0}')
  [[ $count -gt 0 ]] || die "no handshake with $who: $(tail -n 3 "$WORK/s_time.0")"
  awk -v n="$count" -v cpu=$((after - before)) -v s="$seconds" 'BEGIN {printf "%.0f\t%.1f\t%.0f\n", n / s, cpu / n, n * 1e6 / cpu}'
}

# bulk WHO SECONDS: MiB a second, CPU-us a MiB, MiB a CPU second.
bulk() {
  local who=$1 seconds=$2 figures
  figures=$(load "${PID[$who]}" $BULK_CONNECTIONS "$seconds" "https://127.0.0.1:$(encrypted_port_of "$who")/bench/$BULK_BYTES")
  awk -F'\t' '{printf "%.0f\t%.1f\t%.0f\n", $1, $6, 1e6 / $6}' <<<"$figures"
}

for who in $CONTENDERS; do
  "start_${who}_h2"
  PID[$who]=$LAST_PID
  await_port "$(encrypted_port_of "$who")" "$LAST_PID"
done
# warm_gateway: runs of both kinds until the CPU per handshake of two that follow each other differs by less than 8 %, at
# most twelve, with all CPUs open to the compilers: handshakes are rare, and their code is compiled late.
warm_gateway() {
  local pid=${PID[gateway]} cpu last=0 run
  taskset -apc "0-$(($(nproc) - 1))" "$pid" >/dev/null
  for ((run = 1; run <= 12; run++)); do
    cpu=$(handshakes gateway 8 | cut -f2)
    if awk -v a="$cpu" -v b="$last" 'BEGIN {d = a - b; exit !(b > 0 && d < 0.08 * b && d > -0.08 * b)}'; then break; fi
    last=$cpu
  done
  bulk gateway 8 >/dev/null
  taskset -apc "$PROXY_CPUS" "$pid" >/dev/null
  say "warm after $run runs of 8 s: $cpu CPU-us a handshake"
}

for who in $CONTENDERS; do
  if [[ $who == gateway ]]; then
    warm_gateway
  else
    handshakes "$who" 2 >/dev/null
    bulk "$who" 1 >/dev/null
  fi
done
for ((round = 1; round <= ROUNDS; round++)); do
  for what in handshakes bulk; do
    for who in $CONTENDERS; do
      figures=$("$what" "$who" "$SECONDS_PER_RUN")
      printf '%s\t%s\t%s\n' "$what" "$who" "$figures" >>"$RESULTS"
      say "round=$round $what $who: $(cut -f3 <<<"$figures") a CPU second"
    done
  done
done

REPORT=${REPORT:-$(report_file tls)}
{
  printf '# TLS beside HAProxy and nginx\n\n'
  conditions
  cat <<MD
- Peers: $(first_line nginx -v | sed 's/.*version: //'), $(first_line haproxy -v | cut -d' ' -f1-3), both on $(first_line openssl version | cut -d' ' -f1-2); ours on BoringSSL (netty-tcnative)
- One worker, thread or event loop each; a self-signed P-256 certificate; endpoints in clear text with keep-alive; our metrics and timers on, access logs off
- Handshakes: $CLIENTS processes of openssl s_time, TLS 1.3, no resumption, one request of 24 bytes each, then the connection ends
- Bulk: wrk, $BULK_CONNECTIONS connections, bodies of 1 MiB over HTTP/1.1
- $ROUNDS rounds of $SECONDS_PER_RUN s a run, contenders interleaved in every round; the JVM warmed by runs of 8 s until CPU per handshake settled within 8 %, with all CPUs open to its compilers; medians over rounds

MD
  python3 "$BENCH/tls_report.py" "$RESULTS"
} >"$WORK/report.md"
mkdir -p "$(dirname "$REPORT")"
cp "$WORK/report.md" "$REPORT"
sed -n '/^## /,$p' "$REPORT"
say "written to $REPORT"
