"""Starts a command and prints the milliseconds until a URL answers 200 for the first time, its pid's RSS in KiB, and the CPU
milliseconds (user and system) that it took until then, which a busy machine distorts less than the time.

usage: first_response.py URL OUTPUT COMMAND...   The command is stopped with SIGTERM before this ends.
"""

import http.client
import os
import subprocess
import sys
import time
import urllib.parse

LIMIT_SECONDS = 60


def answers(url):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=5)
    try:
        connection.request("GET", url.path or "/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def rss_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def cpu_millis(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 // os.sysconf("SC_CLK_TCK")


def main():
    url = urllib.parse.urlsplit(sys.argv[1])
    with open(sys.argv[2], "ab") as output:
        began = time.monotonic()
        process = subprocess.Popen(sys.argv[3:], stdout=output, stderr=output)
        try:
            while not answers(url):
                if process.poll() is not None or time.monotonic() - began > LIMIT_SECONDS:
                    sys.exit(f"no 200 from {sys.argv[1]}; the command's status: {process.poll()}")
                time.sleep(0.002)
            millis = (time.monotonic() - began) * 1000
            print(f"{millis:.0f} {rss_kib(process.pid)} {cpu_millis(process.pid)}")
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


if __name__ == "__main__":
    main()
