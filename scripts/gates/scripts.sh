#!/usr/bin/env bash
# Gate: every script parses: bash -n, and shellcheck where it is installed; Python compiles.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mapfile -t shell < <(git ls-files '*.sh' .ci/run)
for file in "${shell[@]}"; do bash -n "$file"; done
if command -v shellcheck >/dev/null 2>&1; then
  shellcheck -x -S warning "${shell[@]}"
else
  echo "scripts: shellcheck is not installed; syntax only"
fi

mapfile -t python < <(git ls-files '*.py')
for file in "${python[@]}"; do
  python3 -c 'import ast, sys; ast.parse(open(sys.argv[1], encoding="utf-8").read(), sys.argv[1])' "$file"
done
echo "scripts: ${#shell[@]} shell and ${#python[@]} Python files parse"
