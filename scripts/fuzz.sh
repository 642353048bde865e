#!/usr/bin/env bash
# Fuzzes every *FuzzTest for so many seconds each (60 unless told) and prints a line of statistics per fuzzer.
# The logs are target/fuzz/NAME.log; an input that fails lands in the fuzzer's directory of seeds under src/test/resources, so that it fails in every later build until it is fixed.
# One fuzzer per JVM, because Jazzer allows no second; without JaCoCo, whose agent would rewrite the same classes.
# libFuzzer writes its statistics to the process's own stderr, which Maven prints and -q hides: they are never in target/surefire-reports.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/java25.sh

seconds="${1:-60}"
JAVA_HOME="$(find_java25)"
export JAVA_HOME
export JAZZER_FUZZ=1
export JAZZER_MAX_DURATION="${seconds}s"
# Patterns of routes are regular expressions of the operator: that they reach Pattern.compile is no finding.
export JAZZER_DISABLED_HOOKS=com.code_intelligence.jazzer.sanitizers.RegexInjection

logs=target/fuzz
mkdir -p "$logs"
mvn -B -q test-compile -Djacoco.skip=true

failed=0
while IFS= read -r file; do
  name="$(basename "$file" .java)"
  log="$logs/$name.log"
  # surefire's -Dtest replaces the execution's own selection; the execution runs nothing else.
  if mvn -B surefire:test@fuzz-regression -Djacoco.skip=true -Dtest="$name" \
      -Djunit.jupiter.execution.timeout.mode=disabled >"$log" 2>&1; then
    result=ok
  else
    result=FAILED
    failed=1
  fi
  printf '%-24s %-6s %s\n' "$name" "$result" "$(grep -a '^#[0-9]*.*DONE' "$log" | tail -1 || true)"
done < <(find src/test/java -name '*FuzzTest.java' | sort)
exit "$failed"
