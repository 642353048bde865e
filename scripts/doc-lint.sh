#!/usr/bin/env bash
# Checks the Markdown of the repository: relative links lead somewhere, no machine's paths or registry hosts, and a
# test class that a document names exists. Prints every problem; exits 1 when there is one.
# usage: scripts/doc-lint.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec python3 scripts/doc_lint.py
