"""Echoes TCP and UDP under a name: echo.py NAME PORT ADDRESS... Says "ready" once every address is bound."""

import asyncio
import sys

NAME = sys.argv[1].encode()


class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(NAME + b" " + data, address)


async def echo(reader, writer):
    """A name first, then every byte back until the client ends."""
    writer.write(NAME + b"\n")
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


async def main():
    loop = asyncio.get_running_loop()
    port = int(sys.argv[2])
    for address in sys.argv[3:]:
        await asyncio.start_server(echo, address, port)
        await loop.create_datagram_endpoint(Datagrams, local_addr=(address, port))
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
