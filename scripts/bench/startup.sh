#!/usr/bin/env bash
# Time from exec to the first proxied 200: the plain jar, with the shipped flags, and with the JDK's AOT cache; the same
# for Spring Cloud Gateway, its cache on the extracted layout. Both CPUs. Writes audit/perf/startup-DATE.md.
# usage: scripts/bench/startup.sh [--runs N] [--contenders gateway,scg]
set -euo pipefail

RUNS=7 CONTENDERS="gateway scg"
while [[ $# -gt 0 ]]; do
  case $1 in
    --runs) RUNS=$2 && shift 2 ;;
    --contenders) CONTENDERS=${2//,/ } && shift 2 ;;
    *) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

PROXY_CPUS=0-$(($(nproc) - 1)) LOAD_CPUS=$PROXY_CPUS
# shellcheck source=scripts/bench/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need_tools
start_endpoint

# row NAME TARGET_MS URL COMMAND...: median of RUNS starts as a table row; TARGET_MS 0 is none.
row() {
  local name=$1 target=$2 url=$3 times="$WORK/times" verdict=- middle
  shift 3
  : >"$times"
  for ((i = 0; i < RUNS; i++)); do
    python3 "$BENCH/first_response.py" "$url" "$WORK/startup.err" "$@" >>"$times"
  done
  middle=$(cut -d' ' -f1 "$times" | median)
  if ((target > 0)); then
    verdict=$(awk -v m="$middle" -v t="$target" 'BEGIN {print (m <= t ? "met" : "**missed**") " (" t " ms)"}')
  fi
  say "$name: $middle ms"
  printf '| %s | %.0f | %s to %s | %.0f | %.0f | %s |\n' "$name" "$middle" \
    "$(cut -d' ' -f1 "$times" | sort -n | head -n 1)" "$(cut -d' ' -f1 "$times" | sort -n | tail -n 1)" \
    "$(cut -d' ' -f3 "$times" | median)" "$(cut -d' ' -f2 "$times" | median | awk '{print $1 / 1024}')" "$verdict"
}

gateway_rows() {
  local url="http://127.0.0.1:$PORT_GATEWAY/bench/24" flags=()
  mapfile -t flags < <(gateway_flags)
  write_gateway_config "$WORK/gateway.yaml" off "$PORT_GATEWAY" "$PORT_MANAGEMENT" 0
  gateway_route bench '/**' >>"$WORK/gateway.yaml"
  row 'ExpressGateway, `java -jar`' 3000 "$url" "$JAVA" -jar "$JAR" "$WORK/gateway.yaml"
  row 'ExpressGateway, `config/jvm.options`' 3000 "$url" "$JAVA" ${flags[@]+"${flags[@]}"} -jar "$JAR" "$WORK/gateway.yaml"
  "$ROOT/scripts/aot-cache.sh" --into "$WORK/fast" --config "$WORK/gateway.yaml" --url "$url" >&2
  row 'ExpressGateway, AOT cache' 1500 "$url" "$JAVA" ${flags[@]+"${flags[@]}"} \
    "-XX:AOTCache=$WORK/fast/expressgateway.aot" -jar "$WORK/fast/expressgateway.jar" "$WORK/gateway.yaml"
}

scg_rows() {
  local url="http://127.0.0.1:$PORT_SCG/bench/24" config pid
  write_scg_config
  config="--spring.config.additional-location=file:$WORK/scg.yaml"
  row 'Spring Cloud Gateway, `java -jar`' 0 "$url" "$JAVA" -jar "$SCG_JAR" "$config"
  "$JAVA" -Djarmode=tools -jar "$SCG_JAR" extract --destination "$WORK/scg-fast" >/dev/null
  spawn scg-training "$PROXY_CPUS" "$JAVA" "-XX:AOTCacheOutput=$WORK/scg.aot" -jar \
    "$WORK/scg-fast/spring-cloud-gateway-peer.jar" "$config"
  pid=$LAST_PID
  await "$url" "$pid"
  curl -s -o /dev/null "$url?[1-2000]"
  # Assembling the cache takes longer than stop waits.
  kill "$pid"
  wait "$pid" || true
  row 'Spring Cloud Gateway, AOT cache, extracted' 0 "$url" "$JAVA" "-XX:AOTCache=$WORK/scg.aot" -jar \
    "$WORK/scg-fast/spring-cloud-gateway-peer.jar" "$config"
}

REPORT=$(report_file startup)
{
  printf '# Start to first proxied request\n\n'
  conditions | grep -v '^- Pinning'
  printf -- '- No pinning; %s starts a row, the file cache warm; from exec to the first 200 that came from the endpoint, asked every 2 ms\n\n' "$RUNS"
  printf '| | median ms | lowest to highest | CPU ms | RSS MiB then | target |\n|---|---|---|---|---|---|\n'
  for who in $CONTENDERS; do
    case $who in
      gateway) need_gateway && gateway_rows ;;
      scg) need_scg && scg_rows ;;
      *) die "no such contender: $who" ;;
    esac
  done
} >"$WORK/report.md"
cp "$WORK/report.md" "$REPORT"
cat "$REPORT"
