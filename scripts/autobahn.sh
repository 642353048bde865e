#!/usr/bin/env bash
# Runs every case of the Autobahn test suite (about a quarter of an hour) against an echo endpoint directly, through the gateway, and through two gateways that speak HTTP/2 with each other.
# The suite's reports are left in target/autobahn/index.html. An argument replaces the cases: scripts/autobahn.sh '9.*,12.*'.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/java25.sh

JAVA_HOME="$(find_java25)"
export JAVA_HOME
exec mvn -B verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Djacoco.skip=true \
  -Dit.test=AutobahnIT -Dautobahn.cases="${1:-*}"
