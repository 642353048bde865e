#!/usr/bin/env bash
# Gate: the packaged jar as a user meets it: an older Java, --check, a configuration file as positional argument,
# the demo, readiness, and a stop that adds up.
# usage: scripts/gates/smoke.sh    (after mvn verify or mvn package; ports 21010 to 21012, and 8080 and 9090 for the demo)
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT"
# shellcheck source=scripts/java25.sh
source scripts/java25.sh
JAVA="$(find_java25)/bin/java"
JAR=target/expressgateway.jar
ENDPOINT=21010 GATEWAY=21011 MANAGEMENT=21012
START_SECONDS=60 STOP_SECONDS=40

WORK=$(mktemp -d)
PIDS=()
clean_up() {
  local pid
  trap - EXIT INT TERM
  for pid in ${PIDS[@]+"${PIDS[@]}"}; do kill -9 "$pid" 2>/dev/null || true; done
  rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "smoke: FAILED: $*"
  tail -n 30 "$WORK"/*.out "$WORK"/*.err 2>/dev/null || true
  exit 1
}
status_of() { curl -s -o /dev/null -m 5 -w '%{http_code}' "$1" || true; }

# await PID URL STATUS
await() {
  local status=
  for ((i = 0; i < START_SECONDS * 10; i++)); do
    kill -0 "$1" 2>/dev/null || fail "the process ended before $2 answered"
    status=$(status_of "$2")
    [[ $status == "$3" ]] && return
    sleep 0.1
  done
  fail "$2 answered $status instead of $3"
}

# stops_well PID NAME: SIGTERM, status 0, and a ledger that adds up as last line.
stops_well() {
  local status=0 last
  kill -TERM "$1"
  for ((i = 0; i < STOP_SECONDS * 10; i++)); do
    kill -0 "$1" 2>/dev/null || break
    sleep 0.1
  done
  kill -0 "$1" 2>/dev/null && fail "$2 did not stop within $STOP_SECONDS s"
  wait "$1" || status=$?
  [[ $status == 0 ]] || fail "$2 ended with $status after SIGTERM"
  last=$(tail -n 1 "$WORK/$2.out")
  [[ $last =~ ^ledger\ accepted=([0-9]+)\ completed=([0-9]+)\ refused=([0-9]+)\ aborted=([0-9]+)$ ]] \
    || fail "the last line of $2 is no ledger: $last"
  ((BASH_REMATCH[1] == BASH_REMATCH[2] + BASH_REMATCH[3] + BASH_REMATCH[4])) || fail "$last does not add up"
  echo "smoke: $2 stopped: $last"
}

[[ -f $JAR ]] || fail "no $JAR"

older_java() {
  local java
  for java in "$(command -v java || true)" /usr/lib/jvm/*17*/bin/java; do
    if [[ -x $java ]] && "$java" -version 2>&1 | grep -q '"17\.'; then
      printf '%s\n' "$java"
      return
    fi
  done
}
OLDER=$(older_java)
if [[ -n $OLDER ]]; then
  status=0
  said=$("$OLDER" -jar "$JAR" 2>&1) || status=$?
  [[ $status != 0 && $(wc -l <<<"$said") == 1 && $said == *"Java 25"* ]] || fail "on Java 17: status $status, said: $said"
  echo "smoke: Java 17 says: $said"
else
  echo "smoke: skipped: no Java 17 on this machine"
fi

cat >"$WORK/good.yaml" <<CONF
expressgateway:
  listeners:
    - { name: web, bind: "127.0.0.1:$GATEWAY", protocol: http }
  clusters:
    - name: pages
      endpoints:
        - { address: "127.0.0.1:$ENDPOINT" }
  drain: { settle: 0s, timeout: 5s }
management.server.port: $MANAGEMENT
spring.cloud.gateway.server.webflux.routes:
  - { id: pages, uri: "lb://pages", predicates: [ "Path=/**" ] }
CONF
sed -e 's/^    - { name: web/    - { nmae: web/' -e 's#lb://pages#lb://nowhere#' "$WORK/good.yaml" >"$WORK/bad.yaml"

"$JAVA" -jar "$JAR" --check "$WORK/good.yaml" >"$WORK/check.out" 2>"$WORK/check.err" || fail "--check refused a good file"
"$JAVA" -jar "$JAR" --check config/default.yaml >"$WORK/check.out" 2>"$WORK/check.err" || fail "--check refused config/default.yaml"
status=0
"$JAVA" -jar "$JAR" --check "$WORK/bad.yaml" >"$WORK/check.out" 2>"$WORK/check.err" || status=$?
[[ $status == 1 ]] || fail "--check of a bad file ended with $status"
grep -q 'nmae' "$WORK/check.err" || fail "--check did not name the unknown key"
grep -q 'nowhere' "$WORK/check.err" || fail "--check did not name the undefined cluster"
echo "smoke: --check names every problem: $(grep -c ' | ' "$WORK/check.err") lines"

FLAGS=()
if [[ -f config/jvm.options ]]; then FLAGS=(@config/jvm.options); fi
mkdir "$WORK/pages"
echo 'through the gateway' >"$WORK/pages/page.txt"
python3 -m http.server "$ENDPOINT" --bind 127.0.0.1 --directory "$WORK/pages" >"$WORK/endpoint.out" 2>&1 &
ENDPOINT_PID=$!
PIDS+=("$ENDPOINT_PID")
"$JAVA" ${FLAGS[@]+"${FLAGS[@]}"} -jar "$JAR" "$WORK/good.yaml" >"$WORK/gateway.out" 2>"$WORK/gateway.err" &
PID=$!
PIDS+=("$PID")
await "$PID" "http://127.0.0.1:$MANAGEMENT/readyz" 200
grep -q '^ready listeners=web=127.0.0.1:'"$GATEWAY" "$WORK/gateway.out" || fail "no ready line"
await "$PID" "http://127.0.0.1:$GATEWAY/page.txt" 200
[[ $(curl -s -m 5 "http://127.0.0.1:$GATEWAY/page.txt") == 'through the gateway' ]] || fail "another body came through"
curl -s -m 5 "http://127.0.0.1:$MANAGEMENT/actuator/prometheus" | grep -q '^expressgateway_requests_total{' || fail "no request metric"
kill "$ENDPOINT_PID"
wait "$ENDPOINT_PID" 2>/dev/null || true
status=$(status_of "http://127.0.0.1:$GATEWAY/page.txt")
[[ $status == 50[23] ]] || fail "with its endpoint gone it answered $status"
stops_well "$PID" gateway

"$JAVA" -jar "$JAR" --expressgateway.drain.settle=0s >"$WORK/demo.out" 2>"$WORK/demo.err" &
PID=$!
PIDS+=("$PID")
await "$PID" http://localhost:8080/ 200
await "$PID" http://127.0.0.1:9090/livez 200
stops_well "$PID" demo
echo "smoke: passed"
