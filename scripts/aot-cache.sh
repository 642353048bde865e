#!/usr/bin/env bash
# Copies the jar and trains the JDK's AOT cache on the copy: target/fast/expressgateway.jar and
# target/fast/expressgateway.aot. Prints the command that starts it. docs/guide/fast-start.md explains.
# usage: scripts/aot-cache.sh [--jar FILE] [--into DIRECTORY] [--config FILE] [--url URL]...
#   --config   what the training run starts with (its ports are bound for a few seconds); without it the demo profile
#   --url      requested during training, so that the request path is trained too; without it http://127.0.0.1:8080/
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
JAR="$ROOT/target/expressgateway.jar" INTO="$ROOT/target/fast" CONFIG=() URLS=()
TRAINING_REQUESTS=2000

while [[ $# -gt 0 ]]; do
  case $1 in
    --jar) JAR=$(realpath "$2") && shift 2 ;;
    --into) INTO=$(realpath -m "$2") && shift 2 ;;
    --config) CONFIG=("$(realpath "$2")") && shift 2 ;;
    --url) URLS+=("$2") && shift 2 ;;
    *) sed -n '2,7s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done
if [[ ${#URLS[@]} == 0 ]]; then URLS=(http://127.0.0.1:8080/); fi

# shellcheck source=scripts/java25.sh
source "$ROOT/scripts/java25.sh"
JAVA="$(find_java25)/bin/java"

FLAGS=()
if [[ -f $ROOT/config/jvm.options ]]; then FLAGS=("@$ROOT/config/jvm.options"); fi

rm -rf "$INTO"
mkdir -p "$INTO"
# A copy: the cache knows its jar by time and size, and the next build would replace it.
cp -p "$JAR" "$INTO/"
TRAINED="$INTO/$(basename "$JAR")"
CACHE="$INTO/expressgateway.aot"

# One step: the process records while it runs and assembles the cache when it exits in good order.
# The flags are the ones it will run with: a cache made under another collector is not used to the full.
"$JAVA" ${FLAGS[@]+"${FLAGS[@]}"} "-XX:AOTCacheOutput=$CACHE" -jar "$TRAINED" ${CONFIG[@]+"${CONFIG[@]}"} \
  >"$INTO/training.log" 2>&1 &
PID=$!
trap 'kill "$PID" 2>/dev/null || true' EXIT

for _ in {1..600}; do
  kill -0 "$PID" 2>/dev/null || break
  curl -s -o /dev/null -m 2 -f "${URLS[0]}" && break
  sleep 0.1
done
if ! kill -0 "$PID" 2>/dev/null; then
  cat "$INTO/training.log" >&2
  exit 1
fi
for url in "${URLS[@]}"; do
  # One connection, many requests: curl's own globbing keeps it alive.
  curl -s -o /dev/null "$url?[1-$((TRAINING_REQUESTS / ${#URLS[@]}))]" || true
done
kill -TERM "$PID"
wait "$PID" || true
trap - EXIT

if [[ ! -s $CACHE ]]; then
  cat "$INTO/training.log" >&2
  printf 'error: no cache was written\n' >&2
  exit 1
fi
printf 'start it with:\n  %s %s -XX:AOTCache=%s -jar %s [configuration file]\n' "$JAVA" "${FLAGS[*]-}" "$CACHE" "$TRAINED"
