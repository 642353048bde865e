#!/usr/bin/env bash
# Puts the source of the libbpf that this Debian release packages under DIRECTORY/libbpf.
#   fetch-libbpf.sh DIRECTORY
# Needs source entries, which a machine's own lists seldom have: a private copy of these lists gets them, and nothing
# outside DIRECTORY changes. apt checks the signatures and hashes as for any package.
# Exit status: 0 the source is there; 1 it could not be had, with the reason on stderr.
set -euo pipefail

directory=$(realpath -m "${1:?usage: fetch-libbpf.sh DIRECTORY}")
source_directory=$directory/libbpf

fail() {
  echo "fetch-libbpf: $*" >&2
  exit 1
}

[[ -f $source_directory/src/libbpf.c ]] && exit 0
command -v apt-get >/dev/null || fail "no apt-get: put libbpf's source into $source_directory"
command -v dpkg-source >/dev/null || fail "no dpkg-source: install dpkg-dev"

mkdir -p "$directory"
work=$(mktemp -d "$directory/apt.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/parts" "$work/unpacked"
: >"$work/sources.list"

# Only the lists of the distribution itself: others have no libbpf, and some have no sources.
# shellcheck disable=SC1091
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:?}")
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
  [[ -f $list ]] || continue
  case $list in
    *.sources)
      grep -qE "^Suites:(.*[[:space:]])?$suite([[:space:]/-]|$)" "$list" || continue
      sed 's/^Types:.*/Types: deb-src/' "$list" >"$work/parts/$(basename "$list")"
      ;;
    *.list)
      sed -nE "/[[:space:]]$suite([/-][a-z]+)?[[:space:]]/ s/^deb([[:space:]])/deb-src\1/p" "$list" >>"$work/sources.list"
      ;;
  esac
done

apt=(apt-get -qq
  -o "Dir::Etc::sourcelist=$work/sources.list"
  -o "Dir::Etc::sourceparts=$work/parts"
  -o "Dir::State::lists=$work/lists"
  -o "Dir::Cache::srcpkgcache=" -o "Dir::Cache::pkgcache="
  -o "APT::Sandbox::User=root")
"${apt[@]}" update >"$work/log" 2>&1 || fail "no source lists: $(tail -1 "$work/log")"
(cd "$work/unpacked" && "${apt[@]}" source libbpf) >"$work/log" 2>&1 || fail "no source package: $(tail -1 "$work/log")"

unpacked=$(find "$work/unpacked" -maxdepth 1 -mindepth 1 -type d -name 'libbpf*' | head -1)
[[ -f $unpacked/src/libbpf.c ]] || fail "the source package has no src/libbpf.c"
rm -rf "$source_directory"
mv "$unpacked" "$source_directory"
