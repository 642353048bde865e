"""Reads what h2load printed and writes one row of figures, separated by tabs.

usage: h2load_figures.py FILE CPU_MICROS RSS_KIB
"""

import re
import sys

UNITS = {"us": 1, "ms": 1_000, "s": 1_000_000}


def micros(text):
    number, unit = re.fullmatch(r"([0-9.]+)(us|ms|s)", text).groups()
    return float(number) * UNITS[unit]


def main():
    path, cpu, rss = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    rate = float(re.search(r"finished in [0-9.]+\w+, ([0-9.]+) req/s", text).group(1))
    counts = re.search(
        r"requests: (\d+) total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored", text
    )
    done, succeeded = int(counts.group(2)), int(counts.group(3))
    # min, max, mean, deviation, share within one deviation
    times = re.search(r"time for request:\s+(\S+)\s+(\S+)\s+(\S+)", text)
    longest, mean = micros(times.group(2)), micros(times.group(3))
    per_request = float(cpu) / max(done, 1)
    print(f"{rate:.0f}\t{mean:.0f}\t{longest:.0f}\t{rss}\t{per_request:.2f}\t{done}\t{done - succeeded}")


main()
