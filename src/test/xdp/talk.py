"""Speaks with echo.py.

talk.py tcp ADDRESS PORT COUNT BYTES   one connection after the other, each sends BYTES and wants them back
talk.py udp ADDRESS PORT COUNT BYTES   datagrams from COUNT ports
talk.py hold ADDRESS PORT COUNT        COUNT connections that speak until standard input ends
talk.py keep ADDRESS PORT COUNT        COUNT ports that send datagrams until standard input ends; one that hears
                                       another name than at first has failed
Ends with a line "ok=N failed=N NAME=N..."; hold and keep say "ready NAME=N..." when all are open.
"""

import asyncio
import collections
import os
import socket
import sys
import threading

TIMEOUT = 10


def counts(names):
    return " ".join(f"{name}={count}" for name, count in sorted(names.items()))


async def converse(reader, writer, payload):
    writer.write(payload)
    echoed = await asyncio.wait_for(reader.readexactly(len(payload)), TIMEOUT)
    if echoed != payload:
        raise ValueError("another echo")


async def opened(address, port):
    reader, writer = await asyncio.wait_for(asyncio.open_connection(address, port), TIMEOUT)
    name = await asyncio.wait_for(reader.readline(), TIMEOUT)
    if not name:
        raise ConnectionError("closed before its name")
    return reader, writer, name.decode().strip()


async def tcp(address, port, count, size):
    names, failed = collections.Counter(), 0
    for _ in range(count):
        try:
            reader, writer, name = await opened(address, port)
            await converse(reader, writer, os.urandom(size))
            writer.close()
            await writer.wait_closed()
            names[name] += 1
        except (OSError, ValueError, EOFError, asyncio.TimeoutError) as failure:
            print(f"tcp: {failure!r}", flush=True)
            failed += 1
    print(f"ok={count - failed} failed={failed} {counts(names)}")


def udp(address, port, count, size):
    names, failed = collections.Counter(), 0
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for _ in range(count):
        payload = os.urandom(size)
        with socket.socket(family, socket.SOCK_DGRAM) as own:
            own.settimeout(2)
            own.connect((address, port))
            for attempt in range(3):
                try:
                    own.send(payload)
                    name, _, echoed = own.recv(65536).partition(b" ")
                    if echoed != payload:
                        raise ValueError("another echo")
                    names[name.decode()] += 1
                    break
                except (OSError, ValueError) as failure:
                    print(f"udp: {failure!r}", flush=True)
            else:
                failed += 1
    print(f"ok={count - failed} failed={failed} {counts(names)}")


async def speak(reader, writer, ended):
    """Small messages until told to end; whether none of them failed."""
    try:
        while not ended.is_set():
            await converse(reader, writer, os.urandom(100))
            await asyncio.sleep(0.02)
        return True
    except (OSError, ValueError, EOFError, asyncio.TimeoutError) as failure:
        print(f"hold: {writer.get_extra_info('sockname')}: {failure!r}", flush=True)
        return False


async def hold(address, port, count):
    names, streams, ended = collections.Counter(), [], asyncio.Event()
    for _ in range(count):
        reader, writer, name = await opened(address, port)
        names[name] += 1
        streams.append((reader, writer, name))
    print(f"ready {counts(names)}", flush=True)
    speaking = [asyncio.create_task(speak(reader, writer, ended)) for reader, writer, _ in streams]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    ended.set()
    results = await asyncio.gather(*speaking)
    alive = collections.Counter(name for (_, _, name), well in zip(streams, results) if well)
    print(f"ok={sum(results)} failed={count - sum(results)} {counts(alive)}")


def ask(own, attempts=5):
    """The name that answers, over as many datagrams as it takes."""
    payload = os.urandom(50)
    for _ in range(attempts):
        own.send(payload)
        try:
            while True:
                name, _, echoed = own.recv(65536).partition(b" ")
                if echoed == payload:
                    return name.decode()
        except OSError:
            continue
    return "nobody"


def keep(address, port, count):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    owns = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(count)]
    for own in owns:
        own.settimeout(0.5)
        own.connect((address, port))
    first = [ask(own) for own in owns]
    print(f"ready {counts(collections.Counter(first))}", flush=True)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    well = [True] * count
    while not ended.is_set():
        for i, own in enumerate(owns):
            name = ask(own)
            if name != first[i]:
                print(f"keep: {first[i]} became {name}", flush=True)
                well[i] = False
        ended.wait(0.05)
    alive = collections.Counter(name for name, fine in zip(first, well) if fine)
    print(f"ok={sum(well)} failed={count - sum(well)} {counts(alive)}")


def main():
    command, address, port, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if command == "tcp":
        asyncio.run(tcp(address, port, count, int(sys.argv[5])))
    elif command == "udp":
        udp(address, port, count, int(sys.argv[5]))
    elif command == "keep":
        keep(address, port, count)
    else:
        asyncio.run(hold(address, port, count))


main()
