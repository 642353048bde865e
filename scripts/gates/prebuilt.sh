#!/usr/bin/env bash
# Gate: the prebuilt files are those of the sources. Fails when a source has another hash than the manifest says, and,
# where the compilers are the manifest's, when building gives other bytes. Then the jar runs with the prebuilt files in
# a namespace of its own and must forward in the kernel. Needs root and target/expressgateway.jar.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PATH="$PATH:/usr/sbin:/sbin"

platform=$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)
prebuilt=prebuilt/$platform
[[ -f $prebuilt/manifest ]] || { echo "prebuilt: FAILED: no $prebuilt/manifest; run scripts/prebuilt.sh" && exit 1; }

if ! diff <(scripts/prebuilt.sh --sources) <(grep -E '^[0-9a-f]{64} ' "$prebuilt/manifest"); then
  echo "prebuilt: FAILED: the sources above have changed; run scripts/prebuilt.sh"
  exit 1
fi

work=$(mktemp -d)
gateway=
stop() {
  [[ -z $gateway ]] || kill -TERM "$gateway" 2>/dev/null || true
  [[ -z $gateway ]] || wait "$gateway" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

scripts/prebuilt.sh "$work/fresh"
if diff <(grep -vE '^[0-9a-f]{64} ' "$work/fresh/manifest") <(grep -vE '^[0-9a-f]{64} ' "$prebuilt/manifest") >/dev/null; then
  for file in libexpressgateway.so gateway.bpf.o decapsulate.bpf.o; do
    cmp "$work/fresh/$file" "$prebuilt/$file" || { echo "prebuilt: FAILED: $file has other bytes" && exit 1; }
  done
  echo "prebuilt: the same bytes from the same compilers"
else
  echo "prebuilt: other compilers than the manifest's, bytes not compared"
fi

mkdir -p "$work/resources/native/$platform" "$work/resources/bpf"
cp "$prebuilt/libexpressgateway.so" "$work/resources/native/$platform/"
cp "$prebuilt"/*.bpf.o bpf/layout.h bpf/maps.h "$work/resources/bpf/"
cat >"$work/gateway.yaml" <<'YAML'
expressgateway:
  listeners: [ { name: l4, bind: "198.18.0.1:80", protocol: tcp, cluster: l4, xdp: nat } ]
  clusters: [ { name: l4, protocol: tcp, endpoints: [ { address: "198.18.0.2:80" } ] } ]
  drain: { settle: 0s, timeout: 1s }
YAML
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# shellcheck disable=SC2016
unshare -n bash -c '
  ip link set lo up
  ip link add gate0 type veth peer name gate1
  ip addr add 198.18.0.1/24 dev gate0
  ip link set gate1 up
  ip link set gate0 up
  exec "$0" "$@"' \
  "$java" --enable-native-access=ALL-UNNAMED -cp "$work/resources:target/expressgateway.jar" \
  io.expressgateway.launch.Launcher "$work/gateway.yaml" >"$work/log" 2>&1 &
gateway=$!
for _ in {1..300}; do
  grep -q '^ready' "$work/log" && break
  kill -0 "$gateway" 2>/dev/null || break
  sleep 0.1
done
if grep -q 'gate0 are forwarded in the kernel, mode native' "$work/log" && grep -q '^ready' "$work/log"; then
  echo "prebuilt: passed"
else
  cat "$work/log"
  echo "prebuilt: FAILED: the prebuilt files do not forward"
  exit 1
fi
