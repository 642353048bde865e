#!/usr/bin/env bash
# Makes the files under prebuilt/ anew: the kernel's programs, the native library, and the manifest that says what they
# were made of. To be run and committed with every change of bpf/ or native/.
#   scripts/prebuilt.sh              writes prebuilt/PLATFORM
#   scripts/prebuilt.sh DIRECTORY    writes there instead, as the gate does
#   scripts/prebuilt.sh --sources    prints the hashes of the sources alone
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PATH:/usr/sbin:/sbin"

sources() {
  git ls-files --cached --others --exclude-standard -- 'bpf/*.c' 'bpf/*.h' bpf/Makefile 'native/*.c' 'native/*.h' native/Makefile \
    src/main/java/io/expressgateway/xdp/kernel/LibBpf.java |
    LC_ALL=C sort | grep -v '^bpf/.*/' | xargs sha256sum
}

if [[ ${1:-} == --sources ]]; then
  sources
  exit
fi

platform=$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)
into=${1:-prebuilt/$platform}
build=target/prebuilt-build
rm -rf "$build"
mkdir -p "$build" "$into"
make -s -C native install OUT="$PWD/$build/out" RESOURCES="$PWD/$build/resources" >/dev/null
cp "$build/resources/native/$platform/libexpressgateway.so" "$build/resources/bpf/gateway.bpf.o" \
  "$build/resources/bpf/decapsulate.bpf.o" "$into/"
{
  sources
  echo "compiler $(clang --version | head -1)"
  echo "compiler $(gcc --version | head -1)"
  echo "libbpf $(cd "$build/out/libbpf" && dpkg-parsechangelog -S Version)"
} >"$into/manifest"
rm -rf "$build"
