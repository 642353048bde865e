#!/usr/bin/env bash
# Puts the native library and the kernel's programs among the resources of a build.
#   native/package.sh RESOURCES
# The files under prebuilt/ are taken when their manifest says that they were made of just these sources, so that an
# ordinary build needs neither compilers nor a network; when something has changed it is built from source where the
# tools are there (docs/decisions/0023). On other platforms than theirs a build without tools goes on without: the jar
# then says that XDP is not in it.
# NATIVE_BUILD=build wants a build from source and fails without; =prebuilt takes the prebuilt files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

resources=${1:?usage: native/package.sh RESOURCES}
wanted=${NATIVE_BUILD:-auto}
platform=$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)
prebuilt=prebuilt/$platform
export PATH="$PATH:/usr/sbin:/sbin"

# What is missing for a build from source, as packages of Debian; empty when nothing is.
missing() {
  local command header
  for command in clang:clang gcc:gcc make:make strip:binutils dpkg-source:dpkg-dev; do
    command -v "${command%:*}" >/dev/null 2>&1 || echo "${command#*:}"
  done
  for header in bpf/bpf_helpers.h:libbpf-dev libelf.h:libelf-dev zlib.h:zlib1g-dev linux/bpf.h:linux-libc-dev; do
    echo "#include <${header%:*}>" | gcc -fsyntax-only -include stddef.h -include linux/types.h -xc - 2>/dev/null ||
      echo "${header#*:}"
  done
}

take_prebuilt() {
  if [[ -d $prebuilt ]]; then
    mkdir -p "$resources/native/$platform" "$resources/bpf"
    cp "$prebuilt/libexpressgateway.so" "$resources/native/$platform/"
    cp "$prebuilt/gateway.bpf.o" "$prebuilt/decapsulate.bpf.o" bpf/layout.h bpf/maps.h "$resources/bpf/"
    echo "native: prebuilt files for $platform ($1)"
  else
    echo "native: no XDP in this build: there are no prebuilt files for $platform, and $1"
  fi
}

if [[ $wanted == prebuilt ]]; then
  take_prebuilt "as NATIVE_BUILD wants"
  exit
fi
if [[ $wanted == auto && -f $prebuilt/manifest ]] &&
  diff -q <(scripts/prebuilt.sh --sources 2>/dev/null) <(grep -E '^[0-9a-f]{64} ' "$prebuilt/manifest") >/dev/null; then
  take_prebuilt "made of these sources"
  exit
fi
lacking=$(missing | sort -u | tr '\n' ' ')
if [[ -n $lacking ]]; then
  reason="not installed: $lacking"
elif ! native/fetch-libbpf.sh target/native; then
  reason="there are no sources of libbpf"
else
  make -s -C native install OUT="$PWD/target/native" RESOURCES="$(realpath -m "$resources")"
  echo "native: built from source"
  exit
fi
if [[ $wanted == build ]]; then
  echo "native: cannot build from source: $reason" >&2
  exit 1
fi
take_prebuilt "$reason"
