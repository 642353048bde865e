"""Turns the runs of http2.sh and grpc.sh into Markdown: medians, ratios and verdicts.

Input rows, separated by tabs: cell, contender, requests/s, mean and longest request (us), RSS (KiB), CPU-us per request,
requests, failed requests.
"""

import statistics
import sys

NAMES = {"gateway": "ExpressGateway", "haproxy": "HAProxy", "nginx": "nginx"}
CELLS = {
    "h2c-24": "HTTP/2 in clear text, 24 B",
    "h2-24": "HTTP/2 over TLS, 24 B",
    "h2c-10240": "HTTP/2 in clear text, 10 KiB",
    "h2-10240": "HTTP/2 over TLS, 10 KiB",
    "h1tls-10240": "HTTP/1.1 over TLS, 10 KiB",
    "grpc": "Unary calls, 32 bytes each way",
}
# Cell -> peer -> the highest ratio of CPU per request that meets the target.
TARGETS = {
    "h2c-24": {"haproxy": 1.0, "nginx": 0.85},
    "h2-24": {"haproxy": 1.0, "nginx": 0.85},
    "h2-10240": {"haproxy": 1.15},
    "grpc": {"haproxy": 1.2},
}


def main():
    runs = {}
    with open(sys.argv[1], encoding="utf-8") as rows:
        for row in rows:
            cell, who, *figures = row.rstrip("\n").split("\t")
            runs.setdefault(cell, {}).setdefault(who, []).append([float(f) for f in figures])
    for cell, contenders in runs.items():
        middle = {who: [statistics.median(c) for c in zip(*rows)] for who, rows in contenders.items()}
        print(f"## {CELLS[cell]}\n")
        print("| | CPU-us a request (lowest to highest) | x HAProxy | x nginx | requests/s | mean us | longest us | RSS MiB | failed |")
        print("|---|---|---|---|---|---|---|---|---|")
        for who, f in middle.items():
            spread = [row[4] for row in contenders[who]]
            ratios = [f"{f[4] / middle[peer][4]:.2f}" if peer in middle else "-" for peer in ("haproxy", "nginx")]
            print(
                f"| {NAMES[who]} | {f[4]:.1f} ({min(spread):.1f} to {max(spread):.1f}) | {ratios[0]} | {ratios[1]} | {f[0]:.0f} "
                f"| {f[1]:.0f} | {f[2]:.0f} | {f[3] / 1024:.0f} | {sum(row[6] for row in contenders[who]):.0f} |"
            )
        print()
        for peer, limit in TARGETS.get(cell, {}).items():
            if peer in middle and "gateway" in middle:
                ratio = middle["gateway"][4] / middle[peer][4]
                verdict = "met" if ratio <= limit else "**missed**"
                print(f"Target at most {limit:g} x {NAMES[peer]}: {verdict} ({ratio:.2f}).")
        print()


main()
