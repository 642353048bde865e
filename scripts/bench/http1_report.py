"""Turns the runs of http1.sh into Markdown: medians, ratios and a verdict for each target.

Input rows, separated by tabs: access log, cell, round, contender, requests/s, p50, p99, p99.9 (us), RSS (KiB),
CPU-us per request, requests, failed requests.
"""

import statistics
import sys

NAMES = {
    "gateway": "ExpressGateway",
    "haproxy": "HAProxy",
    "nginx": "nginx",
    "scg": "Spring Cloud Gateway",
}
# Ours against the peer: the highest ratio of CPU per request that meets the target.
TARGETS = {"haproxy": 1.0, "nginx": 1.1, "scg": 0.2}
RSS_TARGET_MIB = 300


def read(path):
    runs = {}
    with open(path, encoding="utf-8") as rows:
        for row in rows:
            log, cell, _, who, *figures = row.rstrip("\n").split("\t")
            runs.setdefault((log, cell), {}).setdefault(who, []).append([float(f) for f in figures])
    return runs


def medians(rows):
    return [statistics.median(column) for column in zip(*rows)]


def cell_name(log, cell):
    body, connections = cell.split("x")
    size = f"{int(body) // 1024} KiB" if int(body) >= 1024 else f"{body} B"
    return f"{size}, {connections} connections, access log {log}"


def ratio(cpu, others, who):
    return f"{cpu / others[who][5]:.2f}" if who in others and others[who][5] else "-"


def table(log, cell, contenders):
    figures = {who: medians(rows) for who, rows in contenders.items()}
    print(f"## {cell_name(log, cell)}\n")
    print("| | CPU-us a request (lowest to highest) | x HAProxy | x nginx | x SCG | requests/s | p50 us | p99 us | p99.9 us | RSS MiB | failed |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for who, f in figures.items():
        spread = [row[5] for row in contenders[who]]
        print(
            f"| {NAMES[who]} | {f[5]:.1f} ({min(spread):.1f} to {max(spread):.1f}) | {ratio(f[5], figures, 'haproxy')} "
            f"| {ratio(f[5], figures, 'nginx')} | {ratio(f[5], figures, 'scg')} | {f[0]:.0f} | {f[1]:.0f} | {f[2]:.0f} "
            f"| {f[3]:.0f} | {f[4] / 1024:.0f} | {sum(row[7] for row in contenders[who]):.0f} |"
        )
    print()
    return figures


def verdicts(cells):
    print("## Verdict\n")
    ours = {cell: f for cell, f in cells.items() if "gateway" in f}
    if not ours:
        print("ExpressGateway did not take part in this run.\n")
        return
    print("| target (CPU a request) | " + " | ".join(cell_name(*cell) for cell in ours) + " |")
    print("|---|" + "---|" * len(ours))
    for who, limit in TARGETS.items():
        row = []
        for figures in ours.values():
            if who not in figures:
                row.append("not run")
                continue
            is_at = figures["gateway"][5] / figures[who][5]
            row.append(f"{'met' if is_at <= limit else '**missed**'} ({is_at:.2f})")
        print(f"| at most {limit:g} x {NAMES[who]} | " + " | ".join(row) + " |")
    row = []
    for figures in ours.values():
        mib = figures["gateway"][4] / 1024
        row.append(f"{'met' if mib <= RSS_TARGET_MIB else '**missed**'} ({mib:.0f})")
    print(f"| RSS under load at most {RSS_TARGET_MIB} MiB | " + " | ".join(row) + " |\n")


def main():
    runs = read(sys.argv[1])
    verdicts({cell: table(*cell, contenders) for cell, contenders in runs.items()})


if __name__ == "__main__":
    main()
