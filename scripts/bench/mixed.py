"""Mixed, partly rude clients for the soak, beside wrk's plain load: seeded, at a bounded rate.

usage: mixed.py PORT SECONDS SEED     prints what was done and what went wrong; exit 1 when a polite exchange failed
"""

import collections
import random
import socket
import sys
import time

PAUSE_SECONDS = 0.002


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), 10)
    connection.settimeout(20)
    return connection


def status_of(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return 0
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    length = next((int(l.split(b":")[1]) for l in head.split(b"\r\n") if l.lower().startswith(b"content-length:")), 0)
    while len(rest) < length:
        more = connection.recv(65536)
        if not more:
            return 0
        rest += more
    return int(head.split(b" ")[1])


def get_and_close(port, rng):
    with connect(port) as connection:
        connection.sendall(b"GET /bench/24 HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n")
        return status_of(connection) == 200


def many_on_one(port, rng):
    with connect(port) as connection:
        for _ in range(rng.randint(2, 50)):
            connection.sendall(b"GET /bench/10240 HTTP/1.1\r\nHost: soak\r\n\r\n")
            if status_of(connection) != 200:
                return False
    return True


def chunked_upload(port, rng):
    with connect(port) as connection:
        connection.sendall(b"POST /bench/24 HTTP/1.1\r\nHost: soak\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(rng.randint(1, 20)):
            part = bytes(rng.randint(1, 20000))
            connection.sendall(b"%x\r\n%s\r\n" % (len(part), part))
        connection.sendall(b"0\r\n\r\n")
        # nginx answers a POST to `return 200` with 200; only that an answer came whole counts.
        return status_of(connection) > 0


def pipelined(port, rng):
    count = rng.randint(2, 8)
    with connect(port) as connection:
        connection.sendall(b"GET /bench/24 HTTP/1.1\r\nHost: soak\r\n\r\n" * count)
        got = b""
        while got.count(b"twenty-four bytes, plain") < count:
            more = connection.recv(65536)
            if not more:
                return False
            got += more
    return True


def leave_early(port, rng):
    with connect(port) as connection:
        connection.sendall(b"GET /bench/10240 HTTP/1.1\r\nHost: soak\r\n\r\n" * rng.randint(1, 4))
        # Linger 0: a reset instead of an orderly end.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    return None


def upload_and_leave(port, rng):
    with connect(port) as connection:
        connection.sendall(b"POST /bench/24 HTTP/1.1\r\nHost: soak\r\nContent-Length: 1000000\r\n\r\n" + bytes(10000))
    return None


def rubbish(port, rng):
    with connect(port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n" + rng.randbytes(64))
        try:
            return status_of(connection) == 400
        except ConnectionError:
            return True


ACTIONS = [get_and_close, many_on_one, chunked_upload, pipelined, leave_early, upload_and_leave, rubbish]


def main():
    port, seconds, seed = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    done, failed = collections.Counter(), collections.Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        action = rng.choice(ACTIONS)
        done[action.__name__] += 1
        try:
            if action(port, rng) is False:
                failed[action.__name__] += 1
        except OSError:
            failed[action.__name__] += 1
        time.sleep(PAUSE_SECONDS)
    print(", ".join(f"{name} {count}" for name, count in sorted(done.items())))
    print("failed: " + (", ".join(f"{name} {count}" for name, count in sorted(failed.items())) or "none"))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
