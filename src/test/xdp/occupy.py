"""Connects to ADDRESS PORT until no local port is left, says how many it has, and holds them until its input ends."""

import errno
import socket
import struct
import sys

held = []
while True:
    connection = socket.socket()
    # Ended by a reset, so that no port stays in TIME_WAIT.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    try:
        connection.connect((sys.argv[1], int(sys.argv[2])))
    except OSError as failed:
        if failed.errno != errno.EADDRNOTAVAIL:
            raise
        break
    held.append(connection)
print("ready", len(held), flush=True)
sys.stdin.read()
