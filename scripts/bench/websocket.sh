#!/usr/bin/env bash
# WebSocket echo over HTTP/1.1, 32 connections with one message under way each: CPU per message beside HAProxy and nginx.
# Writes audit/perf/websocket-DATE.md. A missed target is printed, never a failure.
# usage: scripts/bench/websocket.sh [--rounds N] [--seconds N] [--contenders gateway,haproxy,nginx] [--report FILE]
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

CONNECTIONS=32 SIZES="64 4096"
# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_tools
need_gateway

"$JAVA25_HOME/bin/javac" -d "$WORK/echo" "$BENCH/WebSocketEcho.java"
spawn endpoint "$LOAD_CPUS" "$JAVA" -XX:+UseSerialGC -cp "$WORK/echo" WebSocketEcho endpoint "$PORT_ENDPOINT"
await "http://127.0.0.1:$PORT_ENDPOINT/" "$LAST_PID"

declare -A PID
for who in $CONTENDERS; do
  "start_$who" off
  PID[$who]=$LAST_PID
  await "http://127.0.0.1:$(port_of "$who")/bench/24" "$LAST_PID"
done

# run WHO BYTES SECONDS: messages a second, CPU-us a message, failed connections, RSS (KiB).
run() {
  local who=$1 bytes=$2 seconds=$3 before after line
  before=$(cpu_micros "${PID[$who]}")
  line=$(taskset -c "$LOAD_CPUS" "$JAVA" -XX:+UseSerialGC -cp "$WORK/echo" WebSocketEcho load \
    "$(port_of "$who")" $CONNECTIONS "$seconds" "$bytes" | sed -n 's/^messages //p')
  after=$(cpu_micros "${PID[$who]}")
  [[ -n $line ]] || die "the load gave no figures for $who"
  awk -v l="$line" -v cpu=$((after - before)) -v s="$seconds" -v rss="$(rss_kib "${PID[$who]}")" \
    'BEGIN {split(l, f, " "); if (f[1] == 0) f[1] = 1; printf "%.0f\t%.2f\t%d\t%d\n", f[1] / s, cpu / f[1], f[3], rss}'
}

for who in $CONTENDERS; do
  last=0
  for ((i = 1; i <= 8; i++)); do
    [[ $who != gateway && $i -gt 1 ]] && break
    [[ $who == gateway ]] && taskset -apc "0-$(($(nproc) - 1))" "${PID[$who]}" >/dev/null
    cpu=$(run "$who" 64 6 | cut -f2)
    if awk -v a="$cpu" -v b="$last" 'BEGIN {d = a - b; exit !(b > 0 && d < 0.08 * b && d > -0.08 * b)}'; then break; fi
    last=$cpu
  done
  run "$who" 4096 3 >/dev/null
  taskset -apc "$PROXY_CPUS" "${PID[$who]}" >/dev/null
done
RESULTS="$WORK/results.tsv"
for ((round = 1; round <= ROUNDS; round++)); do
  for bytes in $SIZES; do
    for who in $CONTENDERS; do
      figures=$(run "$who" "$bytes" "$SECONDS_PER_RUN")
      printf '%s\t%s\t%s\n' "$bytes" "$who" "$figures" >>"$RESULTS"
      say "round=$round $bytes B $who: $(cut -f2 <<<"$figures") CPU-us a message"
    done
  done
done

REPORT=${REPORT:-$(report_file websocket)}
{
  printf '# WebSocket echo beside HAProxy and nginx\n\n'
  conditions
  cat <<MD
- Peers: $(first_line nginx -v | sed 's/.*version: //'), $(first_line haproxy -v | cut -d' ' -f1-3): both pass bytes once the connection is upgraded; ours looks at frames (limits, pings, close)
- One worker, thread or event loop each; $CONNECTIONS connections, one text message under way on each; endpoint and load are scripts/bench/WebSocketEcho.java
- $ROUNDS rounds of $SECONDS_PER_RUN s a run, contenders interleaved; JVM warmed until CPU per message settled within 8 %; medians over rounds
- CPU-us a message: a message and its echo, user and system time of the proxy's processes

| message | | CPU-us a message (lowest to highest) | x HAProxy | x nginx | messages/s | failed | RSS MiB |
|---|---|---|---|---|---|---|---|
MD
  python3 - "$RESULTS" <<'PY'
import statistics, sys
names = {"gateway": "ExpressGateway", "haproxy": "HAProxy", "nginx": "nginx"}
runs = {}
for row in open(sys.argv[1], encoding="utf-8"):
    size, who, *figures = row.split()
    runs.setdefault(size, {}).setdefault(who, []).append([float(f) for f in figures])
verdicts = []
for size, contenders in runs.items():
    middle = {who: [statistics.median(c) for c in zip(*rows)] for who, rows in contenders.items()}
    for who, f in middle.items():
        spread = [row[1] for row in contenders[who]]
        ratios = [f"{f[1] / middle[p][1]:.2f}" if p in middle else "-" for p in ("haproxy", "nginx")]
        print(f"| {size} B | {names[who]} | {f[1]:.1f} ({min(spread):.1f} to {max(spread):.1f}) | {ratios[0]} | {ratios[1]} | {f[0]:.0f} | {sum(r[2] for r in contenders[who]):.0f} | {f[3] / 1024:.0f} |")
    if "haproxy" in middle and "gateway" in middle:
        ratio = middle["gateway"][1] / middle["haproxy"][1]
        verdicts.append(f"{size} B {'met' if ratio <= 1.2 else '**missed**'} ({ratio:.2f})")
print("\nTarget at most 1.2 x HAProxy's CPU per message: " + ", ".join(verdicts) + ".")
PY
} >"$WORK/report.md"
mkdir -p "$(dirname "$REPORT")"
cp "$WORK/report.md" "$REPORT"
sed -n '/^| /p;/^Target/p' "$REPORT"
say "written to $REPORT"
