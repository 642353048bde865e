#!/usr/bin/env bash
# Builds the JMH benchmarks of src/jmh and runs them with the arguments given.
# usage: scripts/bench/jmh.sh [JMH arguments], as in: scripts/bench/jmh.sh RouteTable -prof gc -f 1
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=scripts/java25.sh
source "$ROOT/scripts/java25.sh"
JAVA25_HOME=$(find_java25)

cd "$ROOT"
CLASS_PATH=target/jmh.classpath
mvn -B -q -Pjmh -DskipTests test-compile \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath "-Dmdep.outputFile=$CLASS_PATH" -Dmdep.includeScope=test >&2
exec "$JAVA25_HOME/bin/java" -cp "target/test-classes:target/classes:$(cat "$CLASS_PATH")" org.openjdk.jmh.Main \
  -jvmArgs "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow" "$@"
