#!/usr/bin/env bash
# Gate: HTTP/1.1 of the packaged jar between a scripted client and a scripted endpoint, byte by byte: every script of
# src/test/varnishtest. One gateway serves all of them; a script's requests begin with its name, which is a route to the
# port that its endpoint listens on.
# usage: scripts/gates/varnishtest.sh [NAME...]    (after mvn verify or mvn package; ports 21030 and up, one per script;
#        needs varnishtest; without names, all scripts)
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT"
# shellcheck source=scripts/java25.sh
source scripts/java25.sh
JAVA="$(find_java25)/bin/java"
JAR=$ROOT/target/expressgateway.jar
SCRIPTS=$ROOT/src/test/varnishtest
GATEWAY=21030 MANAGEMENT=21031 FIRST_ENDPOINT=21032
START_SECONDS=60 SCRIPT_SECONDS=10

WORK=$(mktemp -d)
PIDS=()
clean_up() {
  local pid
  trap - EXIT INT TERM
  for pid in ${PIDS[@]+"${PIDS[@]}"}; do kill -9 "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "varnishtest: FAILED: $*"
  tail -n 20 "$WORK"/gateway.out "$WORK"/gateway.err 2>/dev/null || true
  exit 1
}
[[ -f $JAR ]] || fail "no $JAR"
command -v varnishtest >/dev/null || fail "varnishtest is not installed"

NAMES=("$@")
if [[ ${#NAMES[@]} == 0 ]]; then
  for file in "$SCRIPTS"/*.vtc; do NAMES+=("$(basename "$file" .vtc)"); done
fi
for name in "${NAMES[@]}"; do [[ -f $SCRIPTS/$name.vtc ]] || fail "no script $name"; done

# A script may fail its endpoint as often as it likes: nothing is ejected. Endpoints see the Host that clients sent.
clusters() {
  local i
  for i in "${!NAMES[@]}"; do
    echo "    - name: ${NAMES[$i]}"
    echo "      endpoints: [ { address: \"127.0.0.1:$((FIRST_ENDPOINT + i))\" } ]"
    echo "      outlier-ejection: { enabled: false }"
  done
}
routes() {
  local name
  for name in "${NAMES[@]}"; do
    echo "    - { id: $name, uri: \"lb://$name\", predicates: [ \"Path=/$name/**\" ], filters: [ PreserveHostHeader ] }"
  done
}
cat >"$WORK/gateway.yaml" <<CONF
expressgateway:
  listeners:
    - { name: web, bind: "127.0.0.1:$GATEWAY", protocol: http }
  clusters:
$(clusters)
  drain: { settle: 0s, timeout: 5s }
management.server.port: $MANAGEMENT
spring.cloud.gateway.server.webflux:
  routes:
$(routes)
CONF
"$JAVA" -jar "$JAR" "$WORK/gateway.yaml" >"$WORK/gateway.out" 2>"$WORK/gateway.err" &
PID=$!
PIDS+=("$PID")
status=
for ((i = 0; i < START_SECONDS * 10; i++)); do
  kill -0 "$PID" 2>/dev/null || fail "the gateway ended before it was ready"
  status=$(curl -s -o /dev/null -m 5 -w '%{http_code}' "http://127.0.0.1:$MANAGEMENT/readyz" || true)
  [[ $status == 200 ]] && break
  sleep 0.1
done
[[ $status == 200 ]] || fail "the gateway was not ready within $START_SECONDS s"

# run NAME PORT: one script, in a process of its own that the trap knows; its log only if it fails.
run() {
  local pid result=0
  TMPDIR=$WORK varnishtest -j1 -t "$SCRIPT_SECONDS" -D gateway="127.0.0.1 $GATEWAY" -D endpoint="127.0.0.1 $2" \
    "$SCRIPTS/$1.vtc" >"$WORK/$1.log" 2>&1 </dev/null &
  pid=$!
  PIDS+=("$pid")
  wait "$pid" || result=$?
  unset 'PIDS[-1]'
  # varnishtest ends with 77 where it skips, which none of these may.
  if [[ $result == 0 ]]; then
    echo "varnishtest: $1 passed"
  else
    cat "$WORK/$1.log"
    echo "varnishtest: $1 FAILED with status $result"
    FAILED+=("$1")
  fi
}
FAILED=()
began=$SECONDS
for i in "${!NAMES[@]}"; do run "${NAMES[$i]}" "$((FIRST_ENDPOINT + i))"; done
echo "varnishtest: ${#NAMES[@]} scripts took $((SECONDS - began)) s"
[[ ${#FAILED[@]} == 0 ]] || fail "${FAILED[*]}"

kill -0 "$PID" 2>/dev/null || fail "the gateway did not survive"
metrics=$(curl -s -m 5 "http://127.0.0.1:$MANAGEMENT/actuator/prometheus") || fail "the gateway has no metrics"
grep '^expressgateway_contained_exceptions_total' <<<"$metrics" && fail "exceptions were contained"
echo "varnishtest: passed"
