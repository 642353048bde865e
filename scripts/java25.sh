# shellcheck shell=bash
# To be sourced: find_java25 prints the home of a JDK 25: JAVA_HOME when it is one, else the usual places.
find_java25() {
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25* /opt/*25* "$HOME"/.sdkman/candidates/java/25*; do
    if [[ -x "$home/bin/java" ]] && grep -qs '^JAVA_VERSION="25' "$home/release"; then
      printf '%s\n' "$home"
      return
    fi
  done
  echo "error: no JDK 25 found; set JAVA_HOME" >&2
  return 1
}
