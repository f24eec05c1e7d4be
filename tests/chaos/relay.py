#!/usr/bin/env python3
"""relay.py FROM=TO...: hands on TCP from HOST:PORT to HOST:PORT. One runs on either side of a veth pair, so that a process in a
network namespace of its own finds the broker where the broker says it is, and the link between them can be cut."""
import asyncio
import sys


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(source, target):
    async def accept(reader, writer):
        try:
            there, back = await asyncio.open_connection(*target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, back), pump(there, writer))

    await asyncio.start_server(accept, *source)


def place(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


async def main():
    for pair in sys.argv[1:]:
        await serve(*map(place, pair.split("=")))
    print("relay: ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
