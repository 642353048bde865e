"""Turns the runs of tls.sh into Markdown. Input rows, separated by tabs: what, contender, a second, CPU-us each, a CPU second."""

import statistics
import sys

NAMES = {"gateway": "ExpressGateway", "haproxy": "HAProxy", "nginx": "nginx"}
TITLES = {"handshakes": ("Full TLS 1.3 handshakes, with a request each", "handshake"), "bulk": ("Bulk, MiB", "MiB")}
# What -> the peer that the target names, and the least share of its figure.
TARGETS = {"handshakes": ("haproxy", 0.9), "bulk": ("nginx", 0.9)}


def main():
    runs = {}
    with open(sys.argv[1], encoding="utf-8") as rows:
        for row in rows:
            what, who, *figures = row.rstrip("\n").split("\t")
            runs.setdefault(what, {}).setdefault(who, []).append([float(f) for f in figures])
    for what, contenders in runs.items():
        title, unit = TITLES[what]
        middle = {who: [statistics.median(c) for c in zip(*rows)] for who, rows in contenders.items()}
        print(f"## {title}\n")
        print(f"| | a CPU second (lowest to highest) | x HAProxy | x nginx | CPU-us a {unit} | a second |")
        print("|---|---|---|---|---|---|")
        for who, f in middle.items():
            spread = [row[2] for row in contenders[who]]
            ratios = [f"{f[2] / middle[peer][2]:.2f}" if peer in middle else "-" for peer in ("haproxy", "nginx")]
            print(
                f"| {NAMES[who]} | {f[2]:.0f} ({min(spread):.0f} to {max(spread):.0f}) | {ratios[0]} | {ratios[1]} "
                f"| {f[1]:.1f} | {f[0]:.0f} |"
            )
        print()
        peer, least = TARGETS[what]
        if peer in middle and "gateway" in middle:
            ratio = middle["gateway"][2] / middle[peer][2]
            print(f"Target at least {least:g} x {NAMES[peer]}: {'met' if ratio >= least else '**missed**'} ({ratio:.2f}).\n")


main()
