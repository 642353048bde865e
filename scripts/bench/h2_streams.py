"""A client that asks for much over HTTP/2 and takes nothing: streams with a window of zero, on plain sockets.

usage: h2_streams.py PORT CONNECTIONS STREAMS SECONDS PATH
Opens CONNECTIONS with prior knowledge, asks for PATH on STREAMS streams of each without granting a byte of window, and
holds them for SECONDS. Prints: open N heads N resets N closed N
"""

import selectors
import socket
import struct
import sys
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def request(path):
    # :method GET, :scheme http (indexed), :path and :authority as literals without indexing (RFC 7541 section 6.2.2).
    path = path.encode()
    return b"\x82\x86\x04" + bytes([len(path)]) + path + b"\x01\x09localhost"


class Connection:
    def __init__(self, port, path, streams):
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.rest = b""
        self.heads = self.resets = 0
        self.closed = False
        # SETTINGS_INITIAL_WINDOW_SIZE 0
        out = PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0))
        block = request(path)
        for i in range(streams):
            out += frame(HEADERS, 5, 2 * i + 1, block)
        self.socket.sendall(out)
        self.socket.setblocking(False)

    def read(self):
        try:
            data = self.socket.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.closed = True
            return
        data = self.rest + data
        at = 0
        while len(data) - at >= 9:
            length = int.from_bytes(data[at : at + 3], "big")
            if len(data) - at < 9 + length:
                break
            kind, flags = data[at + 3], data[at + 4]
            if kind == HEADERS:
                self.heads += 1
            elif kind == RST_STREAM:
                self.resets += 1
            elif kind == PING and not flags & 1:
                self.socket.send(frame(PING, 1, 0, data[at + 9 : at + 17]))
            elif kind == SETTINGS and not flags & 1:
                self.socket.send(frame(SETTINGS, 1, 0))
            at += 9 + length
        self.rest = data[at:]


def main():
    port, connections, streams, seconds = (int(a) for a in sys.argv[1:5])
    path = sys.argv[5]
    selector = selectors.DefaultSelector()
    opened = []
    end = None
    while end is None or time.monotonic() < end:
        if len(opened) < connections:
            try:
                connection = Connection(port, path, streams)
                opened.append(connection)
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            except OSError as error:
                print("refused after %d: %s" % (len(opened), error), file=sys.stderr)
                connections = len(opened)
        elif end is None:
            end = time.monotonic() + seconds
        for key, _ in selector.select(0 if end is None else 0.2):
            key.data.read()
            if key.data.closed:
                selector.unregister(key.fileobj)
                key.fileobj.close()
    print(
        "open %d heads %d resets %d closed %d"
        % (
            sum(not c.closed for c in opened),
            sum(c.heads for c in opened),
            sum(c.resets for c in opened),
            sum(c.closed for c in opened),
        )
    )


main()
