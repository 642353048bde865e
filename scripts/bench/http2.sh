#!/usr/bin/env bash
# HTTP/2 to HTTP/1.1, in clear text and over TLS: CPU per request beside HAProxy and nginx. Writes audit/perf/http2-DATE.md.
# A missed target is printed, never a failure.
# usage: scripts/bench/http2.sh [--rounds N] [--seconds N] [--contenders gateway,haproxy,nginx] [--cells LIST] [--report FILE]
# cells: h2c-24, h2-24, h2c-10240, h2-10240 (body bytes; h2 is over TLS), h1tls-10240 (HTTP/1.1 over TLS)
set -euo pipefail

ROUNDS=5 SECONDS_PER_RUN=6 CONTENDERS="gateway haproxy nginx" CELLS="h2c-24 h2-24 h2c-10240 h2-10240 h1tls-10240" REPORT=
while [[ $# -gt 0 ]]; do
  case $1 in
    --rounds) ROUNDS=$2 && shift 2 ;;
    --seconds) SECONDS_PER_RUN=$2 && shift 2 ;;
    --contenders) CONTENDERS=${2//,/ } && shift 2 ;;
    --cells) CELLS=${2//,/ } && shift 2 ;;
    --report) REPORT=$2 && shift 2 ;;
    *) sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

CONNECTIONS=32 STREAMS=10
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

url_of() {
  local who=$1 cell=$2
  case ${cell%-*} in
    h2c) printf 'http://127.0.0.1:%s/bench/%s\n' "$(port_of "$who")" "${cell#*-}" ;;
    *) printf 'https://127.0.0.1:%s/bench/%s\n' "$(encrypted_port_of "$who")" "${cell#*-}" ;;
  esac
}

# flags_of CELL: what h2load needs besides. HTTP/1.1 has no streams, so as many connections stand for them.
flags_of() {
  case ${1%-*} in
    h1tls) printf -- '--npn-list=http/1.1\n' ;;
    *) printf -- '--npn-list=h2\n' ;;
  esac
}

run_cell() {
  local pid=$1 cell=$2 seconds=$3 who=$4 streams=$STREAMS
  [[ ${cell%-*} == h1tls ]] && streams=1
  load_h2 "$pid" "$CONNECTIONS" "$streams" "$seconds" "$(url_of "$who" "$cell")" "$(flags_of "$cell")"
}

for who in $CONTENDERS; do
  "start_${who}_h2"
  PID[$who]=$LAST_PID
  await_port "$(port_of "$who")" "$LAST_PID"
  await_port "$(encrypted_port_of "$who")" "$LAST_PID"
done
for cell in $CELLS; do
  for who in $CONTENDERS; do
    if [[ $who == gateway ]]; then
      warm_jvm_h2 "${PID[$who]}" "$CONNECTIONS" "$STREAMS" 8 "$(url_of "$who" "$cell")" "$(flags_of "$cell")"
    else
      run_cell "${PID[$who]}" "$cell" 2 "$who" >/dev/null
    fi
  done
done
for ((round = 1; round <= ROUNDS; round++)); do
  for cell in $CELLS; do
    for who in $CONTENDERS; do
      figures=$(run_cell "${PID[$who]}" "$cell" "$SECONDS_PER_RUN" "$who")
      printf '%s\t%s\t%s\n' "$cell" "$who" "$figures" >>"$RESULTS"
      say "round=$round $cell $who: $(cut -f5 <<<"$figures") CPU-us, $(cut -f1 <<<"$figures") requests/s, $(cut -f7 <<<"$figures") failed"
    done
  done
done

REPORT=${REPORT:-$(report_file http2)}
{
  printf '# HTTP/2 beside HAProxy and nginx\n\n'
  conditions
  cat <<MD
- Peers: $(first_line nginx -v | sed 's/.*version: //'), $(first_line haproxy -v | cut -d' ' -f1-3), both on $(first_line openssl version | cut -d' ' -f1-2); load by $(first_line h2load --version)
- One worker, thread or event loop each; one catch-all route; Host kept; X-Forwarded-For, -Proto and -Host written by all; access logs off; our metrics and timers on; endpoints over HTTP/1.1 with keep-alive
- $CONNECTIONS connections x $STREAMS streams (HTTP/1.1 over TLS: one request at a time each); TLS 1.3, a P-256 certificate; requests per connection and 256 streams allowed everywhere
- $ROUNDS rounds of $SECONDS_PER_RUN s a run, contenders interleaved in every round; JVM warmed on each cell until CPU per request settled within 8 %; the figures are medians over rounds
- CPU-us a request: user and system time of the proxy's processes over the run, divided by completed requests

MD
  python3 "$BENCH/http2_report.py" "$RESULTS"
} >"$WORK/report.md"
mkdir -p "$(dirname "$REPORT")"
cp "$WORK/report.md" "$REPORT"
sed -n '/^| /p' "$REPORT"
say "written to $REPORT"
