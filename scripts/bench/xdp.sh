#!/usr/bin/env bash
# What the packet path costs: nanoseconds a packet of each kind (BPF_PROG_TEST_RUN, net of the harness), the time to load,
# packets a second on veth beside nftables DNAT with the same sink, and what a TCP socket gets through beside nftables
# DNAT and HAProxy. A missed target is printed, never a failure.
# usage: scripts/bench/xdp.sh [--rounds N] [--seconds N] [--parts packets,rates,sockets] [--report FILE]
# (as root; makes namespaces of its own)
set -euo pipefail

ROUNDS=3 SECONDS_PER_RUN=4 PARTS=packets,rates,sockets REPORT=
while [[ $# -gt 0 ]]; do
  case $1 in
    --rounds) ROUNDS=$2 && shift 2 ;;
    --seconds) SECONDS_PER_RUN=$2 && shift 2 ;;
    --parts) PARTS=$2 && shift 2 ;;
    --report) REPORT=$2 && shift 2 ;;
    *) sed -n '2,6s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
WORK=$(mktemp -d "${TMPDIR:-/tmp}/expressgateway-xdp.XXXXXX")
NAME=egx$$
CLIENT=$NAME-client GATEWAY=$NAME-gateway ENDPOINT=$NAME-endpoint
VIP=198.18.9.9 VIP_PORT=53 TCP_PORT=5201 ENDPOINT_ADDRESS=198.18.1.2 ENDPOINT_PORT=9 CLIENT_ADDRESS=198.18.0.2
LAB='' SERVER='' PROXY=''

is_wanted() { [[ ,$PARTS, == *,$1,* ]]; }

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }

stop_lab() {
  if [[ $LAB ]]; then
    exec {TO_LAB}>&-
    wait "$LAB" 2>/dev/null || true
    LAB=''
  fi
}

clean_up() {
  local namespace process
  trap - EXIT INT TERM
  stop_lab
  for process in $SERVER $PROXY; do kill "$process" 2>/dev/null || true; done
  for namespace in "$CLIENT" "$GATEWAY" "$ENDPOINT"; do ip netns del "$namespace" 2>/dev/null || true; done
  rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

in_ns() {
  local namespace=$1
  shift
  ip netns exec "$namespace" "$@"
}

# join NAMESPACE NETWORK: a veth between the gateway and a namespace, 198.18.NETWORK.0/24.
join_gateway() {
  local namespace=$1 network=$2
  ip link add "to$network" netns "$GATEWAY" type veth peer name eth0 netns "$namespace"
  ip -n "$GATEWAY" addr add "198.18.$network.1/24" dev "to$network"
  ip -n "$namespace" addr add "198.18.$network.2/24" dev eth0
  ip -n "$GATEWAY" link set "to$network" up
  ip -n "$namespace" link set eth0 up
  ip -n "$namespace" route add default via "198.18.$network.1"
  # A peer takes XDP frames only when it polls, and half-made check sums do not survive.
  in_ns "$namespace" ethtool -K eth0 tx off gro on >/dev/null 2>&1
  in_ns "$GATEWAY" ethtool -K "to$network" gro on >/dev/null 2>&1
}

mac() { ip -n "$1" -br link show dev "$2" | awk '{ print $3 }'; }

make_namespaces() {
  local namespace
  for namespace in "$CLIENT" "$GATEWAY" "$ENDPOINT"; do
    ip netns add "$namespace"
    ip -n "$namespace" link set lo up
  done
  join_gateway "$CLIENT" 0
  join_gateway "$ENDPOINT" 1
  in_ns "$GATEWAY" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.to0.rp_filter=0
  ip -n "$GATEWAY" neigh replace "$ENDPOINT_ADDRESS" lladdr "$(mac "$ENDPOINT" eth0)" dev to1 nud permanent
  in_ns "$ENDPOINT" nft -f - <<NFT
table ip sink {
  chain arrivals {
    type filter hook prerouting priority raw
    udp dport $ENDPOINT_PORT counter drop
  }
}
NFT
}

arrived() { in_ns "$ENDPOINT" nft list chain ip sink arrivals | sed -n 's/.*counter packets \([0-9]*\).*/\1/p'; }

# rate FLOWS: millions of packets a second that reach the endpoint.
rate() {
  local flows=$1 before after begin end
  before=$(arrived)
  begin=$(date +%s%N)
  in_ns "$CLIENT" taskset -c 0 "$WORK/live" "$WORK/harness.bpf.o" eth0 "$(mac "$GATEWAY" to0)" "$CLIENT_ADDRESS" "$VIP" \
    "$VIP_PORT" "$flows" "$SECONDS_PER_RUN" >/dev/null
  end=$(date +%s%N)
  after=$(arrived)
  awk -v packets=$((after - before)) -v nanos=$((end - begin)) 'BEGIN { printf "%.2f\n", packets * 1000 / nanos }'
}

# start_lab WAY: the gateway's programs on both of its interfaces, natively, for NAT to the endpoint.
start_lab() {
  local pipe="$WORK/lab.in"
  rm -f "$pipe"
  mkfifo "$pipe"
  in_ns "$GATEWAY" "$WORK/lab" "$WORK/gateway.bpf.o" mtu=1500 "vip=$VIP,$VIP_PORT,udp,nat" \
    "endpoint=$ENDPOINT_ADDRESS,$ENDPOINT_PORT,to1,$(mac "$GATEWAY" to1),$(mac "$ENDPOINT" eth0)" \
    "vip=$VIP,$TCP_PORT,tcp,nat" \
    "endpoint=$ENDPOINT_ADDRESS,$TCP_PORT,to1,$(mac "$GATEWAY" to1),$(mac "$ENDPOINT" eth0)" \
    "$1=to0" "$1=to1" <"$pipe" >"$WORK/lab.out" &
  LAB=$!
  exec {TO_LAB}>"$pipe"
  until grep -q ready "$WORK/lab.out"; do
    kill -0 "$LAB" || exit 1
    read -rt 0.1 <> <(:) || true
  done
}

start_dnat() {
  in_ns "$GATEWAY" nft -f - <<NFT
table ip translation {
  chain arrivals {
    type nat hook prerouting priority dstnat
    ip daddr $VIP udp dport $VIP_PORT dnat to $ENDPOINT_ADDRESS:$ENDPOINT_PORT
    ip daddr $VIP tcp dport $TCP_PORT dnat to $ENDPOINT_ADDRESS:$TCP_PORT
  }
}
NFT
}

stop_dnat() { in_ns "$GATEWAY" nft delete table ip translation; }

# start_way WAY: what the gateway's namespace forwards TCP by.
start_way() {
  case $1 in
    dnat*) start_dnat ;;
    haproxy)
      ip -n "$GATEWAY" addr add "$VIP/32" dev lo
      # Not by in_ns: the number of a function in the background is a shell's.
      ip netns exec "$GATEWAY" haproxy -db -f "$WORK/haproxy.cfg" >"$WORK/haproxy.log" 2>&1 &
      PROXY=$!
      until in_ns "$GATEWAY" ss -Hltn "sport = :$TCP_PORT" | grep -q .; do
        kill -0 "$PROXY" || exit 1
        read -rt 0.1 <> <(:) || true
      done
      ;;
    *) start_lab "$1" ;;
  esac
}

stop_way() {
  case $1 in
    dnat*) stop_dnat ;;
    haproxy)
      kill "$PROXY"
      wait "$PROXY" 2>/dev/null || true
      PROXY=''
      ip -n "$GATEWAY" addr del "$VIP/32" dev lo
      ;;
    *) stop_lab ;;
  esac
}

# offload on|off: of segments, on all interfaces. Check sums stay complete, and peers of XDP poll.
offload() {
  local namespace interface
  for namespace in "$CLIENT" "$ENDPOINT"; do
    in_ns "$namespace" ethtool -K eth0 tso "$1" gso "$1" >/dev/null 2>&1
  done
  for interface in to0 to1; do
    in_ns "$GATEWAY" ethtool -K "$interface" tso "$1" gso "$1" gro "$1" >/dev/null 2>&1
  done
  if [[ $1 == on ]]; then
    for namespace in "$CLIENT" "$ENDPOINT"; do in_ns "$namespace" ethtool -K eth0 tx on tso on >/dev/null 2>&1; done
  else
    for namespace in "$CLIENT" "$ENDPOINT"; do in_ns "$namespace" ethtool -K eth0 tx off gro on >/dev/null 2>&1; done
  fi
}

# through: gigabits a second that iperf3's server gets.
through() {
  in_ns "$CLIENT" iperf3 -c "$VIP" -p "$TCP_PORT" -t "$SECONDS_PER_RUN" -J >"$WORK/iperf3.json" 2>&1 || cat "$WORK/iperf3.json" >&2
  python3 -c 'import json, sys; print("%.3f" % (json.load(sys.stdin)["end"]["sum_received"]["bits_per_second"] / 1e9))' \
    <"$WORK/iperf3.json"
}

# compare_sockets: lines "WAY gigabits", a round of each way after the other.
compare_sockets() {
  local round way
  cat >"$WORK/haproxy.cfg" <<CONF
global
  nbthread 1
defaults
  mode tcp
  option splice-auto
  timeout connect 5s
  timeout client 1h
  timeout server 1h
frontend relay
  bind $VIP:$TCP_PORT
  default_backend endpoint
backend endpoint
  server endpoint $ENDPOINT_ADDRESS:$TCP_PORT
CONF
  ip netns exec "$ENDPOINT" iperf3 -s -p "$TCP_PORT" >"$WORK/iperf3.log" 2>&1 &
  SERVER=$!
  for ((round = 0; round < ROUNDS; round++)); do
    for way in dnat native generic haproxy dnat-offloaded; do
      say "round $((round + 1)): TCP by $way"
      if [[ $way == dnat-offloaded ]]; then offload on; else offload off; fi
      start_way "$way"
      echo "$way $(through)"
      stop_way "$way"
    done
  done
  kill "$SERVER"
  wait "$SERVER" 2>/dev/null || true
  SERVER=''
}

# median_rates WAY: a line "WAY one-flow ten-thousand-flows".
median_rates() {
  local way=$1 flows round
  printf '%s' "$way"
  for flows in 1 10000; do
    rate "$flows" >/dev/null
    for ((round = 0; round < ROUNDS; round++)); do rate "$flows"; done | sort -n |
      awk -v middle=$(((ROUNDS + 1) / 2)) 'NR == middle { printf " %s", $1 }'
  done
  echo
}

compare_rates() {
  start_dnat
  say "nftables DNAT"
  median_rates dnat
  stop_dnat
  for way in native generic; do
    say "XDP $way"
    start_lab "$way"
    median_rates "$way"
    stop_lab
  done
}

# Targets of issue 4: row, nanoseconds.
targets() {
  cat <<'TARGETS'
nat v4 1 flow|40
nat v4 10000 flows|75
nat v6 1 flow|60
nat v6 10000 flows|110
dsr ipip v4 1 flow|60
dsr ipip v4 10000 flows|95
dsr ipip v6 1 flow|60
dsr ipip v6 10000 flows|95
dsr l2 v4 1 flow|60
dsr l2 v4 10000 flows|95
dsr l2 v6 1 flow|60
dsr l2 v6 10000 flows|95
nat v4 new|900
nat v6 new|900
dsr ipip v4 new|800
dsr ipip v6 new|800
nat v4 gate closed, 10000 tuples|120
nat v6 gate closed, 10000 tuples|120
TARGETS
}

report() {
  echo "# The packet path, $(date +%F)"
  echo
  echo "Kernel $(uname -r), $(nproc) CPUs, load $(cut -d' ' -f1 /proc/loadavg) before the run, $(clang --version | head -n 1), bpf_jit_enable $(sysctl -n net.core.bpf_jit_enable)."
  echo "$(lscpu | sed -n 's/^Model name: *//p'); $(sed 's/;.*//' /sys/devices/system/cpu/vulnerabilities/spectre_v2)."
  echo
  if is_wanted packets; then report_packets; fi
  if is_wanted rates; then report_rates; fi
  if is_wanted sockets; then report_sockets; fi
}

report_packets() {
  echo "## Nanoseconds a packet"
  echo
  echo "\`BPF_PROG_TEST_RUN\` of \`bpf/bench/harness.bpf.c\` around the program, net of the same harness around a program that only"
  echo "passes; median and least of nine rounds of 300 000 packets at real-time priority; TCP segments of 64 bytes (80 with IPv6); flow table of a million."
  echo "Verdicts: 1 drop, 2 pass, 3 transmit, 4 redirect."
  echo
  echo "| row | median | least | target | verdict |"
  echo "|---|---|---|---|---|"
  awk -F'|' 'NR == FNR { target[$1] = $2; next } $1 != "row" {
    wanted = $1 in target ? target[$1] : ""
    missed = wanted != "" && $2 + 0 > wanted + 0 ? " (missed)" : ""
    printf "| %s | %s%s | %s | %s | %s |\n", $1, $2, missed, $3, wanted, $4
  }' <(targets) "$WORK/packets.out"
  echo
  echo "Loading \`gateway\` with its maps (a million and half a million entries) and attaching it: $(cat "$WORK/load.out") ms (target 300)."
  echo
}

report_rates() {
  echo "## Packets a second on veth"
  echo
  echo "A generator in the kernel (live frames, 64 bytes UDP) in the client's namespace, the gateway's, and at the endpoint a"
  echo "socket buffer made and dropped by nftables, the same for all. One CPU does all three, so that the figures are relative."
  echo "Millions a second that arrive, median of $ROUNDS rounds of $SECONDS_PER_RUN s."
  echo
  echo "| way | 1 flow | 10 000 flows | to DNAT |"
  echo "|---|---|---|---|"
  awk '$1 == "dnat" { one = $2; many = $3; printf "| nftables DNAT | %s | %s | 1 |\n", $2, $3; next }
    {
      missed = $1 == "native" && ($2 / one < 1.5 || $3 / many < 1.5) ? " (target 1.5, missed)" : ""
      printf "| XDP %s, NAT | %s | %s | %.2f / %.2f%s |\n", $1, $2, $3, $2 / one, $3 / many, missed
    }' "$WORK/rates.out"
  echo
}

report_sockets() {
  echo "## What a TCP socket gets through"
  echo
  echo "\`iperf3\`, one connection, client and endpoint in namespaces of their own, all on the same $(nproc) CPUs; median of $ROUNDS rounds of"
  echo "$SECONDS_PER_RUN s, one way after the other in each round. Offloads of segments and check sums are off, as they are for packets"
  echo "from a wire; the last row has them on: between namespaces the kernel then forwards 64 KiB at a time and wins, because"
  echo "XDP takes each packet by itself."
  echo
  echo "| way | gigabits a second | to DNAT | to HAProxy |"
  echo "|---|---|---|---|"
  sort -k1,1 -k2,2n "$WORK/sockets.out" | awk -v middle=$(((ROUNDS + 1) / 2)) '
    { if ($1 != last) { count = 0; last = $1 } if (++count == middle) rate[$1] = $2 }
    END {
      split("dnat native generic haproxy dnat-offloaded", ways, " ")
      name["dnat"] = "nftables DNAT"; name["native"] = "XDP native, NAT"; name["generic"] = "XDP generic, NAT"
      name["haproxy"] = "HAProxy, splicing"; name["dnat-offloaded"] = "nftables DNAT with offloads"
      for (i = 1; i <= 5; i++) {
        way = ways[i]
        missed = way == "native" && (rate[way] < rate["dnat"] || rate[way] < 1.1 * rate["haproxy"]) ? " (targets 1.0 and 1.1, missed)" : ""
        printf "| %s | %.2f | %.2f | %.2f%s |\n", name[way], rate[way], rate[way] / rate["dnat"], rate[way] / rate["haproxy"], missed
      }
    }'
}

make -s -C "$ROOT/bpf" OUT="$WORK"
make -s -C "$ROOT/bpf/bench" OUT="$WORK"
if is_wanted packets; then
  say "packets"
  "$WORK/packets" "$WORK/gateway.bpf.o" "$WORK/harness.bpf.o" >"$WORK/packets.out"
  say "load"
  "$WORK/packets" "$WORK/gateway.bpf.o" "$WORK/harness.bpf.o" --load >"$WORK/load.out"
fi
make_namespaces
if is_wanted rates; then compare_rates >"$WORK/rates.out"; fi
if is_wanted sockets; then compare_sockets >"$WORK/sockets.out"; fi
report | tee ${REPORT:+"$REPORT"}
