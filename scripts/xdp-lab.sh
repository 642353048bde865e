#!/usr/bin/env bash
# A lab for the packet path on one machine: namespaces for a client, the gateway and two endpoints, joined by veth pairs
# with the settings that veth needs (docs/guide/xdp.md). As root.
#   scripts/xdp-lab.sh up              makes the namespaces: lab-client, lab-gateway, lab-e1, lab-e2
#   scripts/xdp-lab.sh in NAME COMMAND runs something in one of them: client, gateway, e1, e2
#   scripts/xdp-lab.sh try             up, endpoints and the jar in place, curl over IPv4 and IPv6, down; 0 when all went
#                                      through the kernel
#   scripts/xdp-lab.sh down            removes all of it
# The client is 10.9.0.2 and fd09:0::2, endpoints are 10.9.N.2 and fd09:N::2, the gateway has .1 and ::1 on each side.
# Needs iproute2, ethtool, curl, python3; `try` also JDK 25 and target/expressgateway.jar.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PATH:/usr/sbin:/sbin"

NAMES=(client e1 e2)

up() {
  ip netns add lab-gateway
  ip -n lab-gateway link set lo up
  for i in "${!NAMES[@]}"; do
    local name=lab-${NAMES[$i]}
    ip netns add "$name"
    ip -n "$name" link set lo up
    ip link add "lab$i" netns lab-gateway type veth peer name eth0 netns "$name"
    ip -n lab-gateway addr add "10.9.$i.1/24" dev "lab$i"
    ip -n lab-gateway addr add "fd09:$i::1/64" dev "lab$i" nodad
    ip -n "$name" addr add "10.9.$i.2/24" dev eth0
    ip -n "$name" addr add "fd09:$i::2/64" dev eth0 nodad
    ip -n lab-gateway link set "lab$i" up
    ip -n "$name" link set eth0 up
    ip -n "$name" route add default via "10.9.$i.1"
    ip -n "$name" -6 route add default via "fd09:$i::1"
    # Frames that are redirected into a veth need NAPI on its peer, and whole check sums.
    ip netns exec "$name" ethtool -K eth0 tx off gro on >/dev/null 2>&1
  done
  ip netns exec lab-gateway sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

down() {
  for name in gateway "${NAMES[@]}"; do
    ip netns del "lab-$name" 2>/dev/null || true
  done
}

WORK=
STARTED=()
clean_up() {
  for pid in "${STARTED[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  down
  [[ -z $WORK ]] || rm -rf "$WORK"
}

try() {
  WORK=$(mktemp -d)
  trap clean_up EXIT
  up
  cat >"$WORK/gateway.yaml" <<'YAML'
expressgateway:
  listeners:
    - { name: web, bind: "10.9.0.1:80", protocol: tcp, cluster: v4, xdp: nat }
    - { name: web6, bind: "[fd09:0::1]:80", protocol: tcp, cluster: v6, xdp: nat }
  clusters:
    - { name: v4, protocol: tcp, endpoints: [ { address: "10.9.1.2:80" }, { address: "10.9.2.2:80" } ] }
    - { name: v6, protocol: tcp, endpoints: [ { address: "[fd09:1::2]:80" }, { address: "[fd09:2::2]:80" } ] }
  drain: { settle: 0s, timeout: 1s }
YAML
  mkdir "$WORK/www"
  echo "through the kernel" >"$WORK/www/index.html"
  for name in lab-e1 lab-e2; do
    ip netns exec "$name" python3 -m http.server 80 --bind :: --directory "$WORK/www" >/dev/null 2>&1 &
    STARTED+=($!)
  done
  # shellcheck source=scripts/java25.sh
  source scripts/java25.sh
  local java
  java=$(find_java25)/bin/java
  ip netns exec lab-gateway "$java" -jar target/expressgateway.jar "$WORK/gateway.yaml" >"$WORK/log" 2>&1 &
  STARTED+=($!)
  for _ in {1..300}; do
    grep -q '^ready' "$WORK/log" && break
    sleep 0.1
  done
  local answers=0
  for url in http://10.9.0.1/ 'http://[fd09:0::1]/'; do
    for _ in {1..10}; do
      if [[ $(ip netns exec lab-client curl -gs -m 2 "$url") == "through the kernel" ]]; then
        answers=$((answers + 1))
      fi
    done
  done
  local figures relayed
  figures=$(ip netns exec lab-gateway curl -s http://127.0.0.1:9090/actuator/prometheus)
  relayed=$(grep -c '^expressgateway_flows_total' <<<"$figures" || true)
  grep '^expressgateway_xdp' <<<"$figures" || true
  echo "xdp-lab: $answers of 20 requests were answered, $relayed kinds of flows were relayed"
  [[ $answers == 20 && $relayed == 0 ]] || { cat "$WORK/log"; exit 1; }
}

case ${1:-} in
  up) up ;;
  down) down ;;
  try) try ;;
  in)
    name=lab-${2:?name}
    shift 2
    exec ip netns exec "$name" "$@"
    ;;
  *)
    sed -n '2,12p' "$0"
    exit 2
    ;;
esac
