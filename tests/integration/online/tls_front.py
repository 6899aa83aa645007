"""TLS in front of a local server, for servers built without it: a real handshake with the certificates in tls/.

The certificates are for tests alone, name 127.0.0.1 and localhost, and end in 2095; the authority's key was thrown away.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).resolve().parent / "tls"
CA = FOLDER / "ca.pem"
OTHER_CA = FOLDER / "other_ca.pem"


@contextmanager
def tls_front(port: int, host: str = "127.0.0.1") -> Iterator[int]:
    """The port of a loopback address at which a local server answers through TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / "server.pem", FOLDER / "server.key")
    loop = asyncio.new_event_loop()
    # A client that refuses the certificate is what a test wants, not a report on stderr.
    loop.set_exception_handler(lambda *_: None)

    async def serve(client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with _closed_in_the_end(back):
            server, there = await asyncio.open_connection("127.0.0.1", port)
            with _closed_in_the_end(there):
                await asyncio.gather(_pass_on(client, there), _pass_on(server, back))

    listener = loop.run_until_complete(asyncio.start_server(serve, host, 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(listener), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def _closed_in_the_end(writer: asyncio.StreamWriter) -> Iterator[None]:
    """Also where the task is cancelled, and without waiting for the other side's farewell: one left open would be warned of."""
    try:
        yield
    finally:
        writer.transport.abort()


async def _pass_on(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            to.write(data)
            await to.drain()
    to.close()


async def _end(listener: asyncio.Server) -> None:
    listener.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for _ in range(3):  # turns of the loop, in which what was aborted is closed
        await asyncio.sleep(0)
