"""How the connections of a listener are spread over the event loops of a process.

usage: loop_spread.py PID PORT     prints the counts, largest first

Exact and without a word from the process: each loop has an epoll instance, /proc/PID/fdinfo lists what it watches,
and /proc/PID/net/tcp says which of these sockets are accepted connections of the port.
"""

import os
import re
import sys

ESTABLISHED = "01"


def accepted_inodes(pid, port):
    inodes = set()
    for family in ("tcp", "tcp6"):
        with open(f"/proc/{pid}/net/{family}", encoding="ascii") as table:
            for row in table.readlines()[1:]:
                fields = row.split()
                if int(fields[1].rpartition(":")[2], 16) == port and fields[3] == ESTABLISHED:
                    inodes.add(fields[9])
    return inodes


def main():
    pid, port = sys.argv[1], int(sys.argv[2])
    inodes = accepted_inodes(pid, port)
    targets = {fd: os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
    sockets = {fd for fd, target in targets.items() if target[:8] == "socket:[" and target[8:-1] in inodes}
    counts = []
    for fd, target in targets.items():
        if target != "anon_inode:[eventpoll]":
            continue
        with open(f"/proc/{pid}/fdinfo/{fd}", encoding="ascii") as info:
            watched = re.findall(r"^tfd:\s*(\d+)", info.read(), re.MULTILINE)
        count = sum(1 for one in watched if one in sockets)
        if count:
            counts.append(count)
    print(*sorted(counts, reverse=True))


if __name__ == "__main__":
    main()
