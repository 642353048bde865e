#!/usr/bin/env bash
# Boots Debian's cloud kernels in qemu (software emulation) and has each verify every program of bpf/ and run the
# golden packets; the host's kernel does the same. Kernel packages are downloaded and unpacked, never installed.
# A suite that is gone, or a missing tool, is reported as not run, by name. Fails when a program that must load is refused,
# when one takes more than 50 000 instructions, or when a case fails.
# usage: scripts/xdp-kernels.sh [--suites bullseye,bookworm,trixie] [--no-host] [--cases FILE] [--report FILE]    (as root)
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Linux 5.10, 6.1 and 6.12.
SUITES="bullseye bookworm trixie" HOST=1 REPORT=
CASES="$ROOT/src/test/resources/xdp/packets.txt"
while [[ $# -gt 0 ]]; do
  case $1 in
    --suites) SUITES=${2//,/ } && shift 2 ;;
    --no-host) HOST= && shift ;;
    --cases) CASES=$2 && shift 2 ;;
    --report) REPORT=$2 && shift 2 ;;
    *) sed -n '2,6s/^# //p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
done

MAX_INSTRUCTIONS=50000 BOOT_SECONDS=240
# Multi-buffer XDP came with 5.18.
FRAGS_SINCE=5.18
WORK=$(mktemp -d "${TMPDIR:-/tmp}/expressgateway-kernels.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
FAILED=

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }

build() {
  local directory
  for directory in bpf bpf/test; do make -s -C "$ROOT/$directory" OUT="$WORK/built"; done
  if [[ -f $CASES ]]; then cp "$CASES" "$WORK/built/packets.txt"; fi
}

# apt_options SUITE: options by which apt sees the machine's own archives at another suite, in private directories.
apt_options() {
  local suite=$1 directory="$WORK/apt-$1" own file
  own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  mkdir -p "$directory/parts" "$directory/state/lists/partial" "$directory/cache/archives/partial"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    if grep -qsw "$own" "$file"; then
      sed "s/\b$own\b/$suite/g" "$file" >"$directory/parts/$(basename "$file")"
    fi
  done
  touch "$directory/state/status"
  printf '%s\n' -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$directory/parts" \
    -o "Dir::State=$directory/state" -o "Dir::State::status=$directory/state/status" -o "Dir::Cache=$directory/cache" \
    -o APT::Sandbox::User=root
}

# fetch_kernel SUITE: unpacks the suite's cloud kernel and prints the path of its image.
fetch_kernel() {
  local suite=$1 directory="$WORK/kernel-$1" package options
  mapfile -t options < <(apt_options "$suite")
  apt-get "${options[@]}" update >"$WORK/apt.log" 2>&1 || true
  package=$(apt-cache "${options[@]}" depends linux-image-cloud-amd64 2>>"$WORK/apt.log" |
    awk '/Depends: linux-image/ { print $2; exit }')
  [[ -n $package ]] || return 1
  mkdir -p "$directory"
  (cd "$directory" && apt-get "${options[@]}" download "$package" >>"$WORK/apt.log" 2>&1 && dpkg-deb -x ./*.deb .) ||
    return 1
  find "$directory/boot" -name 'vmlinuz-*' | head -n 1
}

# make_initramfs: the test as /init, the objects and the cases beside it (the "newc" archive of cpio).
make_initramfs() {
  python3 - "$WORK/built" "$WORK/initramfs" <<'PYTHON'
import pathlib
import sys

built, out = pathlib.Path(sys.argv[1]), open(sys.argv[2], "wb")
number = 0


def add(name, mode, data=b"", device=(0, 0)):
    global number
    number += 1
    fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0]
    entry = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    out.write(entry + b"\0" * (-len(entry) % 4) + data + b"\0" * (-len(data) % 4))


add("dev", 0o040755)
add("dev/console", 0o020600, device=(5, 1))
add("init", 0o100755, (built / "kernel").read_bytes())
for name in ("gateway.bpf.o", "decapsulate.bpf.o", "packets.txt"):
    if (built / name).exists():
        add(name, 0o100644, (built / name).read_bytes())
add("TRAILER!!!", 0)
PYTHON
}

boot() {
  timeout "$BOOT_SECONDS" qemu-system-x86_64 -accel tcg -cpu max -m 1024 -smp 1 -display none -serial stdio -net none \
    -no-reboot -kernel "$1" -initrd "$WORK/initramfs" -append "console=ttyS0 panic=-1 quiet" </dev/null 2>&1 |
    tr -d '\r'
}

# judge NAME FILE: prints a kernel's facts as table rows and says what is wrong with them.
judge() {
  local name=$1 file=$2 release
  release=$(awk '$1 == "kernel" { print $2; exit }' "$file")
  if ! grep -qx end "$file"; then
    say "$name: did not come to its end"
    tail -n 5 "$file" >&2
    FAILED=1
  fi
  awk -v name="$name" -v release="${release:-?}" -v most=$MAX_INSTRUCTIONS -v since=$FRAGS_SINCE '
    function number(text,  parts) { split(text, parts, "."); return parts[1] * 1000 + parts[2] }
    $1 == "program" && $3 == "ok" { rows[$2] = $4 + 0; order[++count] = $2; if ($4 + 0 >= most) bad = 1 }
    $1 == "program" && $3 == "refused" {
      order[++count] = $2; rows[$2] = "refused"
      if (!($2 ~ /_frags$/ && number(release) < number(since))) { bad = 1; print > "/dev/stderr" }
    }
    $1 == "cases" && $3 == "not" { if (number(release) >= number(since) || $2 !~ /_frags$/) bad = 1 }
    $1 == "cases" && $3 != "not" { cases = cases " " $2 ": " $3 - $4 "/" $3; if ($4 > 0) bad = 1 }
    $1 == "case" { print > "/dev/stderr" }
    END {
      printf "| %s | %s |", name, release
      for (i = 1; i <= count; i++) printf " %s %s%s", order[i], rows[order[i]], i < count ? "," : ""
      printf " |%s |\n", cases == "" ? " none" : cases
      exit bad
    }' "$file" >>"$WORK/rows" || FAILED=1
}

build
if [[ $HOST ]]; then
  say "host $(uname -r)"
  unshare -n bash -c 'ip link set lo up && exec "$1/kernel" "$1"' - "$WORK/built" >"$WORK/host.out" || true
  judge host "$WORK/host.out"
fi
if ! command -v qemu-system-x86_64 >/dev/null; then
  for suite in $SUITES; do echo "| $suite | not run: no qemu-system-x86_64 | | |" >>"$WORK/rows"; done
else
  make_initramfs
  for suite in $SUITES; do
    if ! image=$(fetch_kernel "$suite"); then
      say "$suite: no kernel to be had"
      echo "| $suite | not run: the suite has no kernel for us | | |" >>"$WORK/rows"
      continue
    fi
    say "$suite $(basename "$image")"
    SECONDS=0
    boot "$image" >"$WORK/$suite.out" || true
    say "$suite: $SECONDS s"
    judge "$suite" "$WORK/$suite.out"
  done
fi

{
  echo "# Kernels, $(date +%F)"
  echo
  echo "Instructions that the verifier processed for each program (at most $MAX_INSTRUCTIONS), and golden packets that came out right."
  echo "\`xdp.frags\` needs Linux $FRAGS_SINCE. Compiler: $(clang --version | head -n 1); flags: see \`bpf/Makefile\`."
  echo "Kernels other than the host's run in qemu without KVM."
  echo
  echo "| suite | kernel | programs | golden packets |"
  echo "|---|---|---|---|"
  cat "$WORK/rows"
} | tee ${REPORT:+"$REPORT"}
[[ -z $FAILED ]]
