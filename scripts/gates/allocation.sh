#!/usr/bin/env bash
# Gate: no allocation above 1 KiB per request on the steady HTTP/1.1 path, by JMH's gc profiler.
# A benchmark takes part by its class name: *SteadyPath*, one request per operation, in src/jmh/java.
# usage: scripts/gates/allocation.sh
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PATTERN=SteadyPath LIMIT_BYTES=1024

if ! grep -rlsE "class \w*$PATTERN" "$ROOT/src/jmh/java" >/dev/null 2>&1; then
  echo "allocation gate: skipped: no benchmark class *$PATTERN* in src/jmh/java"
  exit 0
fi

RESULTS=$(mktemp)
trap 'rm -f "$RESULTS"' EXIT
"$ROOT/scripts/bench/jmh.sh" "$PATTERN" -prof gc -f 1 -wi 5 -w 2 -i 5 -r 2 -foe true -rf json -rff "$RESULTS"

python3 - "$RESULTS" "$LIMIT_BYTES" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    results = json.load(file)
limit = float(sys.argv[2])
if not results:
    sys.exit("allocation gate: FAILED: the benchmarks gave no results")
failed = False
for result in results:
    # Some JMH versions put a middle dot before the name.
    metric = next(m for name, m in result["secondaryMetrics"].items() if name.endswith("gc.alloc.rate.norm"))
    within = metric["score"] <= limit
    failed |= not within
    print(f"allocation gate: {result['benchmark']}: {metric['score']:.0f} bytes a request, "
          f"{'passed' if within else 'FAILED'} (at most {limit:.0f})")
sys.exit(1 if failed else 0)
PYTHON
