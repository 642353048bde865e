"""Clients and an endpoint for idle connections and for bodies of many GiB, on plain sockets.

usage: bulk.py endpoint PORT             takes any upload, serves /bytes/N
       bulk.py idle PORT COUNT           opens COUNT connections, one request each; prints "open COUNT"; holds until stdin ends
       bulk.py idle-tls PORT COUNT       the same over TLS
       bulk.py upload PORT BYTES         sends BYTES with a Content-Length; prints the status and the seconds
       bulk.py download PORT BYTES       reads BYTES slowly: small receive buffer, pauses; prints status, bytes, seconds
"""

import socket
import ssl
import sys
import threading
import time

CHUNK = bytes(1 << 20)
# A reader that is behind for the whole transfer: a short pause per MiB, and a long one now and then.
PAUSE_SECONDS = 0.004
LONG_PAUSE_EVERY_BYTES = 1 << 30
LONG_PAUSE_SECONDS = 3


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), 30)
    connection.settimeout(60)
    # Else a request behind a TLS handshake waits for the peer's delayed acknowledgement.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_head(connection):
    """The head as text, and what was read behind it."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise ConnectionError("closed within a head: %r" % data[:200])
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head.decode("latin-1"), rest


def header(head, name):
    for line in head.split("\r\n")[1:]:
        field, _, value = line.partition(":")
        if field.strip().lower() == name:
            return value.strip()
    return None


def drain(connection, count):
    buffer = bytearray(1 << 20)
    while count > 0:
        got = connection.recv_into(buffer, min(count, len(buffer)))
        if got == 0:
            raise ConnectionError("closed with %d bytes to come" % count)
        count -= got


def send_zeros(connection, count):
    view = memoryview(CHUNK)
    while count > 0:
        part = min(count, len(CHUNK))
        connection.sendall(view[:part])
        count -= part


def serve(connection):
    try:
        with connection:
            while True:
                head, rest = read_head(connection)
                drain(connection, int(header(head, "content-length") or 0) - len(rest))
                path = head.split(" ")[1]
                count = int(path.rpartition("/")[2]) if path.startswith("/bytes/") else 2
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % count)
                send_zeros(connection, count)
    except (ConnectionError, OSError):
        pass


def endpoint(port):
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def idle(port, count, encrypted=False):
    held = []
    trust = ssl._create_unverified_context()
    for _ in range(count):
        connection = connect(port)
        if encrypted:
            connection = trust.wrap_socket(connection)
        connection.sendall(b"GET /bench/24 HTTP/1.1\r\nHost: bench\r\n\r\n")
        head, rest = read_head(connection)
        if " 200 " not in head.split("\r\n")[0]:
            sys.exit("not 200: " + head)
        drain(connection, int(header(head, "content-length")) - len(rest))
        held.append(connection)
    print("open", len(held), flush=True)
    sys.stdin.read()
    # Only those that the gateway has kept open count as idle connections.
    alive = 0
    for connection in held:
        connection.setblocking(False)
        try:
            alive += 0 if connection.recv(1) == b"" else 1
        except (BlockingIOError, ssl.SSLWantReadError):
            alive += 1
        except OSError:
            pass
    print("alive", alive, flush=True)


def upload(port, count):
    began = time.monotonic()
    with connect(port) as connection:
        connection.sendall(b"POST /upload HTTP/1.1\r\nHost: bench\r\nContent-Length: %d\r\n\r\n" % count)
        send_zeros(connection, count)
        head, _ = read_head(connection)
    print(head.split(" ")[1], "%.0f" % (time.monotonic() - began), flush=True)


def download(port, count):
    began = time.monotonic()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", port))
        connection.sendall(b"GET /bytes/%d HTTP/1.1\r\nHost: bench\r\n\r\n" % count)
        head, rest = read_head(connection)
        got, last_pause = len(rest), 0
        while got < count:
            part = min(1 << 20, count - got)
            drain(connection, part)
            got += part
            if got - last_pause >= LONG_PAUSE_EVERY_BYTES:
                last_pause = got
                time.sleep(LONG_PAUSE_SECONDS)
            else:
                time.sleep(PAUSE_SECONDS)
    print(head.split(" ")[1], got, "%.0f" % (time.monotonic() - began), flush=True)


if __name__ == "__main__":
    roles = {
        "endpoint": endpoint,
        "idle": idle,
        "idle-tls": lambda port, count: idle(port, count, encrypted=True),
        "upload": upload,
        "download": download,
    }
    roles[sys.argv[1]](*map(int, sys.argv[2:]))
